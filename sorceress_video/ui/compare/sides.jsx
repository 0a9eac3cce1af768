import { createElement as h, useRef } from "react";

const STEP = 2; // percent that an arrow key moves the edge
const LEAP = 10; // with Shift, and by Page keys

export const LETTERS = ["A", "B", "C", "D"];
const COLUMNS = { 2: "grid-cols-2", 3: "grid-cols-3", 4: "grid-cols-2 grid-rows-2" };

const bounded = (percent) => Math.max(0, Math.min(100, percent));

/** The edge between two films: dragged by a pointer, moved by keys. */
function Edge({ at, onMove }) {
  const keys = (event) => {
    const size = event.shiftKey ? LEAP : STEP;
    const next = {
      ArrowLeft: at - size,
      ArrowDown: at - size,
      ArrowRight: at + size,
      ArrowUp: at + size,
      PageDown: at - LEAP,
      PageUp: at + LEAP,
      Home: 0,
      End: 100,
    }[event.key];
    if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    onMove(bounded(next));
  };
  return h(
    "div",
    {
      role: "slider",
      tabIndex: 0,
      "aria-label": "Edge between A and B",
      "aria-valuemin": 0,
      "aria-valuemax": 100,
      "aria-valuenow": Math.round(at),
      "aria-valuetext": `${Math.round(at)} % of the first clip`,
      "data-testid": "compare-edge",
      onKeyDown: keys,
      style: { left: `${at}%` },
      className:
        "group/edge absolute z-10 inset-y-0 w-11 -translate-x-1/2 cursor-ew-resize outline-none grid place-items-center before:absolute before:inset-y-0 before:left-1/2 before:w-px before:bg-white/80",
    },
    h(
      "span",
      {
        "aria-hidden": true,
        className:
          "relative grid place-items-center size-8 rounded-full bg-black/60 text-white text-sm shadow-lift group-focus-visible/edge:ring-2 group-focus-visible/edge:ring-accent",
      },
      "↔",
    ),
  );
}

/** The films, side by side or two of them over each other; the same elements in every layout. */
export function Sides({ sides, films, layout, pair, mix, onMix, onReady, onTrouble, broken }) {
  const box = useRef(null);
  const over = layout !== "side";
  const first = sides[over ? pair[0] : 0];
  const ratio = first?.width > 0 ? first.width / first.height : 16 / 9;

  const drag = (event) => {
    if (layout !== "wipe" || (event.type === "pointermove" && !event.buttons)) return;
    if (event.type === "pointerdown") event.currentTarget.setPointerCapture(event.pointerId);
    const place = box.current.getBoundingClientRect();
    onMix(bounded(((event.clientX - place.left) / place.width) * 100));
  };

  const film = (side, place) => {
    const top = over && place === pair[0];
    const shown = !over || pair.includes(place);
    const look = !top ? {} : layout === "wipe" ? { clipPath: `inset(0 ${100 - mix}% 0 0)` } : { opacity: mix / 100 };
    return h(
      "figure",
      {
        key: side.id,
        "data-testid": "compare-side",
        "data-id": side.id,
        hidden: !shown,
        style: over ? undefined : { "--ratio": side.width > 0 ? side.width / side.height : 16 / 9 },
        className: over
          ? "absolute inset-0 m-0"
          : "relative m-0 min-w-0 min-h-0 rounded-md overflow-hidden bg-black max-lg:aspect-[var(--ratio)] max-lg:max-h-[42dvh] max-lg:w-full",
      },
      h("video", {
        ref: (element) => {
          films.current[place] = element;
        },
        src: side.video,
        poster: side.poster || undefined,
        playsInline: true,
        preload: "auto",
        onLoadedMetadata: (event) => onReady(side.id, event.currentTarget.duration),
        onError: () => onTrouble(side.id),
        "aria-label": `${LETTERS[place]}: ${side.model}`,
        "data-testid": "compare-film",
        style: look,
        className: `relative size-full object-contain ${top ? "z-1" : ""}`,
      }),
      h(
        "figcaption",
        {
          className: `absolute z-2 top-2 ${over && !top ? "right-2" : "left-2"} flex items-center gap-1.5 px-1.5 h-6 rounded-xs bg-black/60 text-sm font-medium text-text-1 pointer-events-none`,
        },
        h("span", { className: "font-semibold text-accent" }, LETTERS[place]),
        h("span", { className: "truncate" }, side.model),
      ),
      broken.includes(side.id) &&
        h("p", { role: "alert", className: "absolute inset-0 grid place-items-center px-4 text-center text-base text-text-1 bg-black/60" }, "This clip could not be loaded."),
    );
  };

  const content = sides.map(film);
  return h(
    "div",
    {
      className: over
        ? "row-start-2 col-start-1 min-h-0 min-w-0 grid place-items-center [container-type:size] px-3.5 max-lg:px-0 max-lg:h-[min(56dvh,100vw/var(--ratio))]"
        : "row-start-2 col-start-1 min-h-0 min-w-0 px-3.5 max-lg:px-0",
      style: { "--ratio": ratio },
    },
    h(
      "div",
      {
        ref: box,
        onPointerDown: drag,
        onPointerMove: drag,
        "data-testid": "compare-stage",
        "data-layout": layout,
        className: over
          ? `relative overflow-hidden rounded-lg max-lg:rounded-none bg-black ${layout === "wipe" ? "touch-none cursor-ew-resize" : ""}`
          : `grid gap-2 size-full max-lg:grid-cols-1 max-lg:grid-rows-none max-lg:h-auto ${COLUMNS[sides.length] ?? "grid-cols-2"}`,
        style: over ? { width: `min(100cqw, 100cqh * ${ratio})`, height: `min(100cqh, 100cqw / ${ratio})` } : undefined,
      },
      content,
      layout === "wipe" && h(Edge, { at: mix, onMove: onMix }),
    ),
  );
}
