import { createElement as h, useCallback, useEffect, useRef, useState } from "react";
import { Check } from "lucide-react";
import { openLightbox } from "$/public/external/sorceress_video/ui/lightbox/client/stage.jsx";
import { startDrag } from "./drag_out.jsx";
import { useSelected } from "./selection.jsx";
import { useCell } from "./virtual_grid.jsx";

const HOVER_DELAY = 120; // ms: a pointer on its way elsewhere starts nothing
const WIDE = 1.5; // narrower films stand on their own blurred poster

let stopOther = null; // one clip plays at a time

const stillWanted = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function Film({ src, poster, onFail }) {
  const video = useRef(null);
  const bar = useRef(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const film = video.current;
    let frame = 0;
    const follow = () => {
      if (bar.current && film.duration) bar.current.style.scale = `${film.currentTime / film.duration} 1`;
      frame = requestAnimationFrame(follow);
    };
    follow();
    film.play().catch(() => {}); // Refused or interrupted by leaving: the poster stays.
    return () => {
      cancelAnimationFrame(frame);
      film.pause();
      film.removeAttribute("src"); // Frees the connection at once.
      film.load();
    };
  }, []);
  const seek = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const film = video.current;
    if (film.duration) film.currentTime = Math.min(0.999, (event.clientX - box.left) / box.width) * film.duration;
  };
  return [
    h("video", {
      key: "film",
      ref: video,
      src,
      poster,
      muted: true,
      loop: true,
      playsInline: true,
      disablePictureInPicture: true,
      "aria-hidden": true,
      tabIndex: -1,
      onPlaying: () => setSeen(true),
      onError: onFail,
      "data-testid": "card-film",
      className: `absolute inset-0 size-full object-contain pointer-events-none transition-opacity ${seen ? "opacity-100" : "opacity-0"}`,
    }),
    h(
      "div",
      {
        key: "scrub",
        onPointerMove: seek,
        "data-testid": "card-scrub",
        className: "absolute z-20 inset-x-0 bottom-0 h-3 cursor-ew-resize flex items-end",
      },
      h("div", { className: "h-[3px] w-full bg-white/25" }, h("div", { ref: bar, className: "h-full bg-accent origin-left" })),
    ),
  ];
}

/**
 * The picture of a completed clip: poster, the film while the pointer is on the card (by its play mark under a
 * finger), and the button that opens it.
 */
export function ClipMedia({ clip, movable, onOpen }) {
  const ref = useRef(null);
  const [playing, setPlaying] = useState(false);
  const [broken, setBroken] = useState(false);
  const { tabIndex } = useCell();
  const selected = useSelected(clip.id);
  const selecting = selected !== "off";
  const contain = clip.width > 0 && clip.width / clip.height < WIDE;

  const stop = useCallback(() => {
    setPlaying(false);
    if (stopOther === stop) stopOther = null;
  }, []);
  const play = useCallback(() => {
    if (stopOther && stopOther !== stop) stopOther();
    stopOther = stop;
    setPlaying(true);
  }, [stop]);

  useEffect(() => {
    const card = ref.current.closest("[data-clip-id]");
    let timer = 0;
    const enter = (event) => {
      if (event.pointerType === "touch" || stillWanted()) return;
      timer = setTimeout(play, HOVER_DELAY);
    };
    const leave = (event) => {
      clearTimeout(timer);
      if (event.pointerType !== "touch") stop();
    };
    // The keyboard's focus plays too; a click's does not, nor does a finger's.
    const come = (event) => {
      if (!event.target.matches("[data-tile]:focus-visible") || stillWanted()) return;
      clearTimeout(timer);
      timer = setTimeout(play, HOVER_DELAY);
    };
    const go = (event) => {
      if (card.contains(event.relatedTarget) || card.matches(":hover")) return;
      clearTimeout(timer);
      stop();
    };
    card.addEventListener("pointerenter", enter);
    card.addEventListener("pointerleave", leave);
    card.addEventListener("focusin", come);
    card.addEventListener("focusout", go);
    return () => {
      clearTimeout(timer);
      card.removeEventListener("focusin", come);
      card.removeEventListener("focusout", go);
      card.removeEventListener("pointerenter", enter);
      card.removeEventListener("pointerleave", leave);
      stop();
    };
  }, [play, stop]);

  const open = () => {
    stop();
    openLightbox(clip, onOpen);
  };
  const touch = () => (playing ? stop() : play());
  const poster = clip.poster && !broken;
  const light = clip.light ? clip.video.replace(/\/video$/, "/preview") : clip.video;
  // A light film that arrives while this one plays is for the next time: a running film never starts over.
  const source = useRef("");
  if (!playing || !source.current) source.current = light;

  return h(
    "div",
    { ref, className: "absolute inset-0" },
    poster &&
      contain &&
      h("img", {
        src: clip.poster,
        alt: "",
        loading: "lazy",
        decoding: "async",
        className: "absolute inset-0 size-full object-cover scale-125 blur-xl brightness-50",
      }),
    poster &&
      h("img", {
        src: clip.poster,
        alt: "",
        loading: "lazy",
        decoding: "async",
        draggable: false,
        onError: () => setBroken(true),
        "data-testid": "card-poster",
        className: `absolute inset-0 size-full ${contain ? "object-contain" : "object-cover"}`,
      }),
    h(
      "div",
      { className: contain ? "contents" : "contents [&>video]:object-cover" },
      playing && h(Film, { src: source.current, poster: clip.poster || undefined, onFail: stop }),
    ),
    h("button", {
      type: "button",
      "data-tile": true,
      tabIndex,
      onClick: open,
      draggable: movable && !selecting,
      onDragStart: (event) => startDrag(event, clip, ref.current),
      role: selecting ? "checkbox" : undefined,
      "aria-checked": selecting ? selected === "in" : undefined,
      "aria-label": `${selecting ? "Select" : "Open"} ${clip.model} clip: ${clip.prompt || "no prompt"}`,
      "data-testid": "card-open",
      className:
        "absolute inset-0 size-full cursor-pointer outline-none rounded-md select-none [-webkit-touch-callout:none] aria-checked:bg-accent-solid/25",
    }),
    selecting &&
      h(
        "span",
        {
          "aria-hidden": true,
          className: `absolute z-10 top-2 left-2 grid place-items-center size-6 rounded-full border-2 pointer-events-none transition-colors ${selected === "in" ? "bg-accent-solid border-white text-white" : "bg-black/45 border-white/80 text-transparent"}`,
        },
        h(Check, { size: 14, strokeWidth: 3 }),
      ),
    h(
      "button",
      {
        type: "button",
        tabIndex: -1,
        onClick: touch,
        "aria-label": playing ? "Stop" : "Play",
        "data-testid": "card-play",
        className:
          "absolute z-10 right-0 bottom-7 size-11 hidden pointer-coarse:grid in-data-selecting:!hidden place-items-center outline-none",
      },
      !playing &&
        h(
          "span",
          { className: "grid place-items-center size-7 rounded-full bg-black/45 text-white backdrop-blur-sm" },
          h("svg", { viewBox: "0 0 16 16", width: 12, height: 12, fill: "currentColor", "aria-hidden": true }, h("path", { d: "M4.5 2.6v10.8a.6.6 0 0 0 .9.5l8.6-5.4a.6.6 0 0 0 0-1L5.4 2.1a.6.6 0 0 0-.9.5z" })),
        ),
    ),
  );
}
