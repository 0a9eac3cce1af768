import { createElement as h, useEffect, useRef } from "react";
import { openLightbox } from "./store.jsx";

const ROWS = [
  ["parents", "Made from"],
  ["siblings", "Same click"],
  ["children", "Led to"],
];

function Relative({ clip, here, onOpen }) {
  const words = `${clip.model}: ${clip.prompt || "no prompt"}${clip.note ? `. ${clip.note}` : ""}`;
  const shut = !clip.video && !here;
  return h(
    "button",
    {
      type: "button",
      "data-kin": true,
      "data-id": clip.id,
      "data-testid": "lineage-clip",
      "aria-current": here ? "true" : undefined,
      "aria-disabled": shut || undefined,
      "aria-label": words,
      title: words,
      onClick: () => !shut && !here && onOpen(clip),
      className:
        "relative shrink-0 grid place-items-center w-[62px] h-9 pointer-coarse:w-[76px] pointer-coarse:h-11 rounded-sm overflow-hidden bg-bg-3 text-xs text-text-2 cursor-pointer aria-disabled:cursor-not-allowed aria-disabled:opacity-60 aria-[current=true]:shadow-[0_0_0_2px_var(--accent)] outline-none focus-visible:ring-2 focus-visible:ring-text-1",
    },
    clip.poster
      ? h("img", { src: clip.poster, alt: "", loading: "lazy", decoding: "async", className: "size-full object-cover" })
      : h("span", { className: "px-1 truncate max-w-full" }, clip.note || clip.model),
  );
}

/**
 * The family of a clip: what it was made from, what the same click made, what came of it. Arrow keys walk it: left
 * and right within a generation, up and down between them.
 */
export function Lineage({ clipId, family, onGo }) {
  const tree = useRef(null);
  const walking = useRef(false); // the person came to this clip by the tree, and goes on from here
  const alone = (family?.siblings ?? []).length < 2;
  const known = family?.parents.length || family?.children.length || !alone;
  const rows = ROWS.map(([name, title]) => [name, title, family?.[name] ?? []]).filter(([, , clips]) => clips.length > 0);
  const open = (clip) => {
    walking.current = true;
    openLightbox(clip, onGo);
  };

  useEffect(() => {
    if (!walking.current) return;
    walking.current = false;
    tree.current?.querySelector("[aria-current=true]")?.focus();
  }, [clipId]);

  if (!known) return null;

  const walk = (event) => {
    const across = { ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0;
    const along = { ArrowUp: -1, ArrowDown: 1 }[event.key] ?? 0;
    if ((!across && !along) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const lines = [...tree.current.querySelectorAll("[data-row]")].map((line) => [...line.querySelectorAll("[data-kin]")]);
    const row = lines.findIndex((line) => line.includes(document.activeElement));
    if (row < 0) return;
    const place = lines[row].indexOf(document.activeElement);
    const next = along ? lines[row + along]?.[Math.min(place, lines[row + along].length - 1)] : lines[row][place + across];
    next?.focus();
  };

  return h(
    "section",
    { ref: tree, onKeyDown: walk, "aria-label": "Lineage", "data-testid": "lightbox-lineage", className: "mt-5" },
    h("h2", { className: "text-base font-semibold" }, "Lineage"),
    rows.map(([name, title, clips]) =>
      h(
        "div",
        { key: name, "data-row": name, className: "mt-2" },
        h(
          "p",
          { className: "text-sm text-text-3" },
          name === "siblings" && alone ? "This clip" : title,
          name === "parents" && family.how ? ` · ${family.how}` : "",
          name === "children" && family.more > 0 ? ` · and ${family.more.toLocaleString()} more` : "",
        ),
        h(
          "div",
          { className: "mt-1 flex flex-wrap gap-1.5" },
          clips.map((clip) => h(Relative, { key: clip.id, clip, here: clip.id === clipId, onOpen: open })),
        ),
      ),
    ),
  );
}
