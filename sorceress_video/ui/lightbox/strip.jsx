import { createElement as h, useLayoutEffect, useRef } from "react";

/** The clip's neighbours in a row, the clip itself marked and kept in the middle. */
export function Strip({ clips, presentId, onPick }) {
  const row = useRef(null);
  useLayoutEffect(() => {
    const centre = () => {
      const box = row.current;
      const mark = box?.querySelector("[aria-current=true]");
      if (mark) box.scrollLeft = mark.offsetLeft - (box.clientWidth - mark.offsetWidth) / 2;
    };
    centre();
    const later = requestAnimationFrame(centre); // The first time, the dialog opens only after this.
    return () => cancelAnimationFrame(later);
  }, [presentId, clips]);
  if (clips.length < 2) return null;
  return h(
    "nav",
    {
      "aria-label": "Neighbouring clips",
      "data-testid": "lightbox-strip",
      className: "col-span-2 row-start-3 min-w-0 max-lg:bg-black",
    },
    h(
      "div",
      {
        ref: row,
        className:
          "relative flex gap-2 w-fit max-w-full mx-auto overflow-x-auto overscroll-x-contain px-3.5 py-2 [scrollbar-width:none] max-lg:py-1.5",
      },
      clips.map((clip) =>
        h(
          "button",
          {
            key: clip.id,
            type: "button",
            onClick: () => onPick(clip),
            "aria-current": clip.id === presentId ? "true" : undefined,
            "aria-label": `${clip.model}: ${clip.prompt || "no prompt"}`,
            title: clip.prompt || undefined,
            "data-testid": "strip-clip",
            "data-id": clip.id,
            className:
              "shrink-0 w-[92px] h-[52px] max-lg:w-[79px] max-lg:h-11 rounded-sm overflow-hidden bg-bg-3 cursor-pointer opacity-60 hover:opacity-100 aria-[current=true]:opacity-100 aria-[current=true]:shadow-[0_0_0_2px_var(--accent)] transition-opacity outline-none focus-visible:opacity-100 focus-visible:ring-2 focus-visible:ring-text-1",
          },
          clip.poster &&
            h("img", { src: clip.poster, alt: "", loading: "lazy", decoding: "async", draggable: false, className: "size-full object-cover" }),
        ),
      ),
    ),
  );
}
