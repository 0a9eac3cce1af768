import { createElement as h, useCallback, useEffect, useRef } from "react";
import { ChevronLeft, ChevronRight, X } from "lucide-react";
import { addressOf } from "$/public/external/sorceress_video/ui/gallery/client/address.jsx";
import { useKeys } from "$/public/external/sorceress_video/ui/kit/keys/keys.jsx";
import { Player } from "./player.jsx";
import { closed, openLightbox, presentClip, show, usePresent } from "./store.jsx";
import { Strip } from "./strip.jsx";

export { openLightbox };

const SWIPE = 48; // px along, and at least twice as far as across
const NONE = [];
const KEYS = {
  ArrowLeft: "Previous clip",
  ArrowRight: "Next clip",
  " ": "Play or pause",
  ",": "Frame back",
  ".": "Frame forward",
  l: "Loop on or off",
  m: "Sound on or off",
  f: "Full screen",
  Escape: "Close",
};

/** Fetches what the next step will show, while this clip plays. */
function Prefetch({ clips }) {
  return h(
    "div",
    { hidden: true, "aria-hidden": true },
    clips.map((clip) => [
      h("img", { key: `${clip.id}-poster`, src: clip.poster || undefined, alt: "" }),
      h("video", { key: clip.id, src: clip.video, preload: "auto", muted: true, tabIndex: -1 }),
    ]),
  );
}

function Arrow({ side, disabled, onClick }) {
  const next = side === "next";
  return h(
    "button",
    {
      type: "button",
      disabled,
      onClick,
      "aria-label": next ? "Next clip" : "Previous clip",
      "data-testid": `lightbox-${side}`,
      className: `absolute z-10 top-1/2 -translate-y-1/2 ${next ? "right-1" : "left-1"} grid place-items-center size-11 rounded-full text-text-2 hover:text-text-1 hover:bg-bg-3/60 cursor-pointer transition-[color,background-color,opacity] outline-none focus-visible:ring-2 focus-visible:ring-accent disabled:opacity-25 disabled:pointer-events-none max-lg:bg-black/35 max-lg:text-text-1 max-lg:size-9 pointer-coarse:!size-11`,
    },
    h(next ? ChevronRight : ChevronLeft, { size: 22, strokeWidth: 1.75, "aria-hidden": true }),
  );
}

/**
 * One clip large. Opens from what the card knew; `story` (id, fps, sound) and `strip`, the clips around it, come
 * from the server while it plays. Steps within the strip wait for nothing; one beyond it waits for the answer and
 * then goes on. `linked` is the clip that the address named when the page loaded.
 */
export function Lightbox({ storyId, fps, sound, strip, index, total, where, problem, linked, onGo, children }) {
  const dialog = useRef(null);
  const player = useRef(null);
  const clip = usePresent();
  const wish = useRef(0);
  const touch = useRef(null);
  const settled = clip !== null && storyId === clip.id;
  const clips = strip ?? NONE;
  const place = clip ? clips.findIndex((other) => other.id === clip.id) : -1;
  const previous = place > 0 ? clips[place - 1] : null;
  const next = place >= 0 ? clips[place + 1] : null;
  const still = clip !== null && matchMedia("(prefers-reduced-motion: reduce)").matches;

  useEffect(() => {
    // Until the server has read the address, its word is about the one that stood there before.
    const named = linked?.id && linked.id === addressOf("clip");
    if (named && linked.id !== presentClip()?.id) openLightbox(linked);
  }, [linked?.id]);

  useEffect(() => {
    if (clip && !dialog.current.open) {
      dialog.current.showModal();
      dialog.current.querySelector("[data-player]")?.focus(); // Else Space would press “Close”.
    }
  }, [clip]);

  const step = useCallback(
    (way) => {
      const target = way < 0 ? previous : next;
      if (target) {
        show(target);
        onGo?.(target.id);
      } else if (settled) wish.current = 0;
      else wish.current += way;
    },
    [settled, previous, next, onGo],
  );

  useEffect(() => {
    if (!settled || wish.current === 0) return;
    const way = Math.sign(wish.current);
    wish.current -= way;
    step(way);
  }, [settled, step]);

  const close = (event) => {
    if (event.target !== dialog.current) return;
    wish.current = 0;
    closed();
  };

  const onSlider = (event) => event.target.matches?.("input[type=range]");
  const onButton = (event) => event.target.matches?.("button,a,summary") && !event.target.dataset.player;
  const play = (deed, ...given) => void player.current?.[deed](...given);
  useKeys(
    "lightbox",
    {
      ArrowLeft: (event) => (onSlider(event) ? false : void step(-1)),
      ArrowRight: (event) => (onSlider(event) ? false : void step(1)),
      " ": (event) => (onButton(event) ? false : play("toggle")),
      ",": () => play("frame", -1),
      ".": () => play("frame", 1),
      l: () => play("loop"),
      m: () => play("mute"),
      f: () => play("full"),
      Escape: null,
    },
    KEYS,
  );

  const down = (event) => {
    touch.current = event.pointerType === "touch" && !event.target.closest("input") ? event : null;
  };
  const up = (event) => {
    const from = touch.current;
    touch.current = null;
    if (!from) return;
    const across = event.clientX - from.clientX;
    if (Math.abs(across) < SWIPE || Math.abs(across) < 2 * Math.abs(event.clientY - from.clientY)) return;
    step(across < 0 ? 1 : -1);
  };

  const ratio = clip?.width > 0 ? clip.width / clip.height : 16 / 9;
  return h(
    "dialog",
    {
      ref: dialog,
      "aria-label": clip ? `Clip by ${clip.model}` : "Clip",
      "data-lightbox": true,
      "data-keys": "lightbox",
      "data-testid": "lightbox",
      "data-clip-id": clip?.id,
      "data-settled": settled,
      onClose: close,
      className:
        "on-film fixed inset-0 m-0 size-full max-w-none max-h-none bg-[color-mix(in_srgb,var(--bg-0)_60%,black)] text-text-1 outline-none open:grid max-lg:open:block grid-cols-[minmax(0,1fr)_320px] grid-rows-[50px_minmax(0,1fr)_auto] max-lg:overflow-y-auto max-lg:overscroll-contain opacity-0 open:opacity-100 starting:open:opacity-0 transition-[opacity,display,overlay] transition-discrete duration-200 backdrop:bg-black",
    },
    clip && [
      h(
        "div",
        {
          key: "top",
          className:
            "col-start-1 row-start-1 flex items-center gap-3 px-3.5 h-[50px] max-lg:sticky max-lg:top-0 max-lg:z-20 max-lg:bg-[color-mix(in_srgb,var(--bg-0)_60%,black)] max-lg:px-2",
        },
        h(
          "button",
          {
            type: "button",
            onClick: () => dialog.current.close(),
            "data-testid": "lightbox-close",
            className:
              "inline-flex items-center gap-1.5 h-8 pointer-coarse:h-11 px-2.5 rounded-sm text-base font-medium text-text-2 hover:bg-bg-3 hover:text-text-1 cursor-pointer transition-colors outline-none focus-visible:ring-2 focus-visible:ring-accent",
          },
          h(X, { size: 16, strokeWidth: 1.75, "aria-hidden": true }),
          "Close",
        ),
        h(
          "p",
          { className: "text-base text-text-3 figure truncate max-lg:max-w-[38vw] max-sm:max-w-[26vw]", "data-testid": "lightbox-place", "aria-live": "polite" },
          index >= 0
            ? [
                `${(index + 1).toLocaleString()} of ${total.toLocaleString()}`,
                h("span", { key: "where", className: "max-sm:sr-only" }, ` · ${where}`),
              ]
            : settled
              ? `Not in ${where}`
              : "",
        ),
      ),
      h(
        "div",
        {
          key: "stage",
          onPointerDown: down,
          onPointerUp: up,
          className:
            "relative col-start-1 row-start-2 min-h-0 min-w-0 px-[52px] pb-6 pt-1 max-lg:p-0 max-lg:h-[min(72dvh,calc(100vw*var(--tall)+1px))] touch-pan-y",
          style: { "--tall": Math.min(1.5, 1 / ratio) },
        },
        h(Arrow, { side: "previous", disabled: settled && !previous, onClick: () => step(-1) }),
        h(
          "div",
          { className: "size-full grid place-items-center [container-type:size]" },
          h(Player, { key: clip.id, handle: player, clip, ratio, fps: settled ? fps : 0, sound: !settled || sound, still }),
        ),
        h(Arrow, { side: "next", disabled: settled && !next, onClick: () => step(1) }),
        problem &&
          h(
            "p",
            { role: "alert", className: "absolute inset-x-0 bottom-2 text-center text-base text-bad" },
            problem,
          ),
      ),
      settled && !navigator.connection?.saveData
        ? h(Prefetch, { key: "ahead", clips: [next, previous].filter(Boolean) })
        : null,
      h(Strip, {
        key: "strip",
        clips,
        presentId: clip.id,
        onPick: (other) => {
          if (other.id === clip.id) return;
          show(other);
          onGo?.(other.id);
        },
      }),
      h(
        "div",
        { key: "info", className: `contents ${settled ? "" : "[&>*]:opacity-50"}`, "aria-busy": !settled },
        children,
      ),
    ],
  );
}
