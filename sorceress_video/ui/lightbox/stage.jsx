import { createElement as h, useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Check, ChevronLeft, ChevronRight, Copy, X } from "lucide-react";
import { Player } from "./player.jsx";

const SWIPE = 48; // px along, and at least twice as far as across

let present = null; // the clip on the stage: what its card knew is enough to begin
let opened = ""; // id of the card that the person came from
const wakes = new Set();

function show(clip) {
  present = clip;
  wakes.forEach((wake) => wake());
}

function usePresent() {
  return useSyncExternalStore(
    (wake) => {
      wakes.add(wake);
      return () => wakes.delete(wake);
    },
    () => present,
    () => null,
  );
}

/** Puts a clip on the stage at once; `tell` lets the server follow with its story. */
export function openLightbox(clip, tell) {
  opened = clip.id;
  show(clip);
  tell?.(clip.id);
}

function giveFocusBack(lastId) {
  const tile = (id) => document.querySelector(`[data-clip-id="${CSS.escape(id)}"] [data-tile]`);
  (tile(lastId) ?? tile(opened))?.focus({ preventScroll: false });
}

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
      className: `absolute z-10 top-1/2 -translate-y-1/2 ${next ? "right-1" : "left-1"} grid place-items-center size-11 rounded-full text-text-2 hover:text-text-1 hover:bg-bg-3/60 cursor-pointer transition-[color,background-color,opacity] outline-none focus-visible:ring-2 focus-visible:ring-accent disabled:opacity-25 disabled:pointer-events-none max-lg:bg-black/35 max-lg:text-text-1 max-lg:size-9`,
    },
    h(next ? ChevronRight : ChevronLeft, { size: 22, strokeWidth: 1.75, "aria-hidden": true }),
  );
}

/**
 * One clip large. Opens from what the card knew; `story` (id, fps, sound) and the neighbours come from the
 * server while it plays. A step that is faster than the server waits for its answer and then goes on.
 */
export function Lightbox({ storyId, fps, sound, previous, next, index, total, where, problem, onGo, children }) {
  const dialog = useRef(null);
  const player = useRef(null);
  const clip = usePresent();
  const wish = useRef(0);
  const touch = useRef(null);
  const settled = clip !== null && storyId === clip.id;
  const [still, setStill] = useState(false);

  useEffect(() => {
    if (clip && !dialog.current.open) {
      setStill(matchMedia("(prefers-reduced-motion: reduce)").matches);
      dialog.current.showModal();
      dialog.current.querySelector("[data-player]")?.focus(); // Else Space would press “Close”.
    }
  }, [clip]);

  const step = useCallback(
    (way) => {
      const target = way < 0 ? previous : next;
      if (!settled) {
        wish.current += way;
        return;
      }
      if (!target?.id) {
        wish.current = 0;
        return;
      }
      show(target);
      onGo?.(target.id);
    },
    [settled, previous, next, onGo],
  );

  useEffect(() => {
    if (!settled || wish.current === 0) return;
    const way = Math.sign(wish.current);
    wish.current -= way;
    step(way);
  }, [settled, step]);

  const closed = (event) => {
    if (event.target !== dialog.current) return;
    const last = present?.id;
    wish.current = 0;
    show(null);
    if (last) giveFocusBack(last);
  };

  const keys = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const inRange = event.target.matches?.("input[type=range]");
    const play = player.current;
    const deeds = {
      ArrowLeft: () => step(-1),
      ArrowRight: () => step(1),
      " ": () => play?.toggle(),
      ",": () => play?.frame(-1),
      ".": () => play?.frame(1),
      f: () => play?.full(),
      m: () => play?.mute(),
      l: () => play?.loop(),
    };
    const deed = deeds[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!deed || (inRange && event.key.startsWith("Arrow"))) return;
    if (event.key === " " && event.target.matches?.("button,a,summary") && !event.target.dataset.player) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  };

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
      "data-testid": "lightbox",
      "data-clip-id": clip?.id,
      "data-settled": settled,
      onClose: closed,
      onKeyDown: keys,
      className:
        "on-film fixed inset-0 m-0 size-full max-w-none max-h-none bg-[color-mix(in_srgb,var(--bg-0)_60%,black)] text-text-1 outline-none open:grid max-lg:open:block grid-cols-[minmax(0,1fr)_320px] grid-rows-[50px_minmax(0,1fr)] max-lg:overflow-y-auto max-lg:overscroll-contain opacity-0 open:opacity-100 starting:open:opacity-0 transition-[opacity,display,overlay] transition-discrete duration-200 backdrop:bg-black",
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
          { className: "text-base text-text-3 figure truncate", "data-testid": "lightbox-place", "aria-live": "polite" },
          total > 0 && index >= 0 ? `${(index + 1).toLocaleString()} of ${total.toLocaleString()} · ${where}` : "",
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
        h(Arrow, { side: "previous", disabled: settled && !previous?.id, onClick: () => step(-1) }),
        h(
          "div",
          { className: "size-full grid place-items-center [container-type:size]" },
          h(Player, { key: clip.id, handle: player, clip, ratio, fps: settled ? fps : 0, sound: !settled || sound, still }),
        ),
        h(Arrow, { side: "next", disabled: settled && !next?.id, onClick: () => step(1) }),
        problem &&
          h(
            "p",
            { role: "alert", className: "absolute inset-x-0 bottom-2 text-center text-base text-bad" },
            problem,
          ),
      ),
      settled && !navigator.connection?.saveData
        ? h(Prefetch, { key: "ahead", clips: [next, previous].filter((other) => other?.id) })
        : null,
      h(
        "div",
        { key: "info", className: `contents ${settled ? "" : "[&>*]:opacity-50"}`, "aria-busy": !settled },
        children,
      ),
    ],
  );
}

async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Without TLS browsers give no clipboard; the old command still works from a click.
  const area = document.createElement("textarea");
  area.value = text;
  (document.querySelector("dialog:modal") ?? document.body).append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("not copied");
  return undefined;
}

/** Copies a text and says so for a moment. */
export function CopyButton({ text, ...rest }) {
  const [said, setSaid] = useState("");
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    try {
      await copyText(text);
      setSaid("Copied");
    } catch {
      setSaid("Not allowed");
    }
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSaid(""), 1600);
  };
  return h(
    "button",
    { ...rest, type: "button", onClick: copy, "data-testid": "lightbox-copy" },
    h(said === "Copied" ? Check : Copy, { size: 14, strokeWidth: 1.75, "aria-hidden": true }),
    h("span", { "aria-live": "polite" }, said || "Copy"),
  );
}

/** A moment in the reader's own time: “Today 14:02”, the whole of it on hover. */
export function When({ at, ...rest }) {
  if (!at) return null;
  const date = new Date(at * 1000);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86400000);
  const time = date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  const day =
    days === 0
      ? "Today"
      : days === 1
        ? "Yesterday"
        : date.toLocaleDateString(undefined, {
            day: "numeric",
            month: "short",
            year: date.getFullYear() === new Date().getFullYear() ? undefined : "numeric",
          });
  return h("time", { ...rest, dateTime: date.toISOString(), title: date.toLocaleString() }, `${day} ${time}`);
}
