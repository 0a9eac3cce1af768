import { createElement as h, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Columns2, Layers2, Pause, Play, Repeat, SquareSplitHorizontal, StepBack, StepForward, X } from "lucide-react";
import { useKeys } from "$/public/external/sorceress_video/ui/kit/keys/keys.jsx";
import { Control, timecode } from "$/public/external/sorceress_video/ui/lightbox/client/player.jsx";
import { addressOf, setAddress } from "$/public/external/sorceress_video/ui/gallery/client/address.jsx";
import { useClock } from "./clock.jsx";
import { change, clampOffset, closed, openLinked, useCompared } from "./open.jsx";
import { LETTERS, Sides } from "./sides.jsx";
import { Differences } from "./table.jsx";

const USUAL_FPS = 24;
const SPEEDS = [0.25, 0.5, 1, 1.5, 2];
const LAYOUTS = [
  ["side", "Side by side", Columns2],
  ["wipe", "Wipe", SquareSplitHorizontal],
  ["overlay", "Overlay", Layers2],
];
const KEYS = {
  " ": "Play or pause",
  ",": "Frame back",
  ArrowLeft: "Frame back",
  ".": "Frame forward",
  ArrowRight: "Frame forward",
  l: "Loop on or off",
  m: "Sound on or off",
  1: "Side by side",
  2: "Wipe",
  3: "Overlay",
  Escape: "Close",
};

function Layouts({ layout, onPick }) {
  return h(
    "div",
    { role: "radiogroup", "aria-label": "Layout", "data-roving": true, className: "flex gap-0.5 p-[3px] rounded-md bg-bg-0 border border-line" },
    LAYOUTS.map(([name, label, Icon]) =>
      h(
        "button",
        {
          key: name,
          type: "button",
          role: "radio",
          "aria-checked": layout === name,
          "aria-label": label,
          onClick: () => onPick(name),
          "data-testid": `layout-${name}`,
          className:
            "inline-flex items-center gap-1.5 h-7 pointer-coarse:min-h-11 pointer-coarse:min-w-11 justify-center px-2.5 rounded-sm text-base font-medium text-text-2 cursor-pointer hover:text-text-1 aria-checked:bg-raised aria-checked:text-text-1 outline-none focus-visible:ring-2 focus-visible:ring-accent",
        },
        h(Icon, { size: 15, strokeWidth: 1.75, "aria-hidden": true }),
        h("span", { className: "max-lg:hidden" }, label),
      ),
    ),
  );
}

/** Which two of more clips stand over each other. */
function Pair({ sides, pair, onPair }) {
  return h(
    "div",
    { className: "flex items-center gap-1.5 text-base text-text-3" },
    [0, 1].map((end) =>
      h(
        "select",
        {
          key: end,
          value: pair[end],
          "aria-label": end ? "Right clip" : "Left clip",
          "data-testid": end ? "pair-right" : "pair-left",
          onChange: (event) => {
            const picked = Number(event.target.value);
            const other = pair[1 - end] === picked ? pair[end] : pair[1 - end];
            onPair(end ? [other, picked] : [picked, other]);
          },
          className:
            "h-7 pointer-coarse:h-11 px-2 rounded-sm bg-bg-0 border border-line-strong text-text-1 cursor-pointer outline-none focus-visible:ring-2 focus-visible:ring-accent",
        },
        sides.map((side, place) => h("option", { key: side.id, value: place }, LETTERS[place])),
      ),
    ),
  );
}

/** The clips, once the server has told what they are. */
function Bench({ sides, rows, compared, linked, onFavorite }) {
  const films = useRef([]);
  const { layout } = compared;
  const [lengths, setLengths] = useState({});
  const [broken, setBroken] = useState([]);
  const [mix, setMix] = useState(50);
  const [pair, setPair] = useState([0, 1]);
  const [audible, setAudible] = useState(() => sides.findIndex((side) => side.sound));
  const [muted, setMuted] = useState(false);
  const offsets = useMemo(
    () => sides.map((side) => compared.offsets[compared.ids.indexOf(side.id)] ?? 0),
    [sides, compared],
  );
  const timed = useMemo(
    () =>
      sides.map((side, place) => ({
        fps: side.fps > 0 ? side.fps : USUAL_FPS,
        seconds: lengths[side.id] ?? side.seconds,
        offset: offsets[place],
        shown: !broken.includes(side.id) && (layout === "side" || pair.includes(place)),
      })),
    [sides, lengths, offsets, broken, layout, pair],
  );
  const { time, length, rate, playing, speed, loop, act } = useClock(films, timed, () => setMuted(true));

  useEffect(() => {
    films.current.forEach((film, place) => {
      if (film) film.muted = muted || place !== audible;
    });
  });
  useEffect(() => {
    const shown = films.current;
    // Else Space would press “Close”; a dialog opened by the address opens only after this.
    const later = requestAnimationFrame(() => document.querySelector("[data-keys=compare] [data-player]")?.focus());
    if (!linked && !matchMedia("(prefers-reduced-motion: reduce)").matches) act.play();
    return () => {
      cancelAnimationFrame(later);
      shown.forEach((film) => {
        film?.pause();
        film?.removeAttribute("src");
        film?.load();
      });
    };
  }, []);

  const ready = useCallback((id, seconds) => {
    if (Number.isFinite(seconds)) setLengths((old) => ({ ...old, [id]: seconds }));
  }, []);
  const trouble = useCallback((id) => setBroken((old) => (old.includes(id) ? old : [...old, id])), []);
  const listen = (place) => {
    setMuted(place === audible && !muted);
    setAudible(place);
  };
  const offset = (place, frames) => {
    const next = [...compared.offsets];
    next[compared.ids.indexOf(sides[place].id)] = clampOffset(frames);
    change({ offsets: next });
  };
  const pick = (name) => change({ layout: name });
  const faster = () => act.speed(SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length]);

  const onSlider = (event) => event.target.matches?.("input[type=range],[role=slider],[role=radio],select");
  // Space on the chosen layout has nothing to choose.
  const onButton = (event) => event.target.matches?.("button:not([aria-checked=true]),a") && !event.target.dataset.player;
  const step = (way) => (event) => (onSlider(event) ? false : void act.step(way));
  useKeys(
    "compare",
    {
      " ": (event) => (onButton(event) ? false : void act.toggle()),
      ",": step(-1),
      ".": step(1),
      ArrowLeft: step(-1),
      ArrowRight: step(1),
      l: () => void act.loop(),
      m: () => void setMuted((old) => !old),
      1: () => void pick("side"),
      2: () => void pick("wipe"),
      3: () => void pick("overlay"),
      Escape: null,
    },
    KEYS,
  );

  return [
    h(
      "div",
      { key: "layouts", className: "row-start-1 col-start-1 justify-self-end flex items-center gap-2 px-3.5 max-lg:px-2 max-lg:fixed max-lg:z-30 max-lg:top-0 max-lg:right-0 max-lg:h-[50px]" },
      layout !== "side" && sides.length > 2 && h(Pair, { sides, pair, onPair: setPair }),
      h(Layouts, { layout, onPick: pick }),
    ),
    h(Sides, { key: "sides", sides, films, layout, pair, mix, onMix: setMix, onReady: ready, onTrouble: trouble, broken }),
    h(
      "div",
      {
        key: "transport",
        "data-testid": "compare-transport",
        "data-playing": playing,
        className:
          "row-start-3 col-start-1 flex items-center gap-1 px-3.5 py-2 max-lg:gap-0 max-lg:px-1.5 max-lg:py-1 max-lg:sticky max-lg:bottom-0 max-lg:z-20 max-lg:bg-bg-1 max-lg:border-t max-lg:border-line max-lg:flex-wrap",
      },
      h(Control, { icon: playing ? Pause : Play, label: playing ? "Pause" : "Play", keys: "Space", testid: "compare-play", onClick: act.toggle }),
      h(Control, { icon: StepBack, label: "Frame back", keys: ",", testid: "compare-back", onClick: () => act.step(-1) }),
      h(Control, { icon: StepForward, label: "Frame forward", keys: ".", testid: "compare-forward", onClick: () => act.step(1) }),
      h("input", {
        type: "range",
        min: 0,
        max: length,
        step: 1 / rate,
        value: Math.min(time, length),
        onChange: (event) => act.seek(Number(event.target.value)),
        "aria-label": "Position",
        "aria-valuetext": timecode(time, rate),
        "data-testid": "compare-scrub",
        className:
          "kit-range mx-2 max-lg:order-first max-lg:!basis-[calc(100%-16px)] max-lg:!h-7 pointer-coarse:!h-11 [&::-webkit-slider-thumb]:!bg-white [&::-moz-range-thumb]:!bg-white",
        style: { "--at": `${(Math.min(time, length) / length) * 100}%`, "--line-strong": "rgb(255 255 255 / 28%)" },
      }),
      h(
        "span",
        { className: "figure text-base max-sm:text-sm text-text-1 whitespace-nowrap px-1 max-lg:mr-auto", "data-testid": "compare-time" },
        `${timecode(time, rate)} / ${timecode(length, rate)}`,
      ),
      layout === "overlay" &&
        h(
          "label",
          { className: "flex items-center gap-2 text-base text-text-3 w-40 max-lg:w-28" },
          LETTERS[pair[0]],
          h("input", {
            type: "range",
            min: 0,
            max: 100,
            value: mix,
            onChange: (event) => setMix(Number(event.target.value)),
            "aria-label": `Strength of ${LETTERS[pair[0]]} over ${LETTERS[pair[1]]}`,
            "aria-valuetext": `${Math.round(mix)} %`,
            "data-testid": "compare-mix",
            className: "kit-range",
            style: { "--at": `${mix}%` },
          }),
        ),
      h(Control, { icon: Repeat, label: "Loop", keys: "L", testid: "compare-loop", pressed: loop, onClick: act.loop, className: loop ? "!text-accent" : "" }),
      h(Control, { icon: `${speed}×`, label: `Speed ${speed}×`, testid: "compare-speed", onClick: faster, className: "text-sm font-medium figure" }),
    ),
    h(Differences, {
      key: "table",
      sides,
      rows,
      offsets,
      heard: muted ? -1 : audible,
      onListen: listen,
      onOffset: offset,
      onFavorite,
    }),
  ];
}

/**
 * Two to four clips on one play head. What is compared, how it is laid out and how far each is shifted stands in
 * the page's address; what the clips are comes from the server.
 */
export function Compare({ sides, rows, asked, linked, problem, onAsk, onFavorite }) {
  const dialog = useRef(null);
  const compared = useCompared();
  const wanted = compared?.ids.join(",") ?? "";
  const told = wanted !== "" && asked.join(",") === wanted;

  useEffect(() => {
    const named = addressOf("compare").split(",");
    // Until the server has read the address, its word is about the one that stood there before.
    if (linked.length > 1 && linked.every((id) => named.includes(id))) openLinked(linked);
    else if (problem) setAddress({ compare: null });
  }, [linked.join(","), problem]);
  useEffect(() => {
    if (!compared) return;
    if (!dialog.current.open) dialog.current.showModal();
    if (!compared.linked) onAsk?.(compared.ids);
  }, [wanted]);

  return h(
    "dialog",
    {
      ref: dialog,
      "aria-label": "Compare clips",
      "data-keys": "compare",
      "data-testid": "compare",
      onClose: (event) => event.target === dialog.current && closed(),
      className:
        "on-film fixed inset-0 m-0 size-full max-w-none max-h-none bg-[color-mix(in_srgb,var(--bg-0)_60%,black)] text-text-1 outline-none open:grid max-lg:open:block grid-cols-[minmax(0,1fr)] grid-rows-[50px_minmax(0,1fr)_auto_minmax(0,auto)] max-lg:overflow-y-auto max-lg:overscroll-contain backdrop:bg-black [&>:last-child]:max-h-[34dvh] max-lg:[&>:last-child]:max-h-none",
    },
    compared && [
      h(
        "div",
        {
          key: "top",
          className:
            "row-start-1 col-start-1 flex items-center gap-3 px-3.5 h-[50px] max-lg:sticky max-lg:top-0 max-lg:z-20 max-lg:bg-[color-mix(in_srgb,var(--bg-0)_60%,black)] max-lg:px-2",
        },
        h(
          "button",
          {
            type: "button",
            onClick: () => dialog.current.close(),
            "data-testid": "compare-close",
            className:
              "inline-flex items-center gap-1.5 h-8 pointer-coarse:h-11 px-2.5 rounded-sm text-base font-medium text-text-2 hover:bg-bg-3 hover:text-text-1 cursor-pointer transition-colors outline-none focus-visible:ring-2 focus-visible:ring-accent",
          },
          h(X, { size: 16, strokeWidth: 1.75, "aria-hidden": true }),
          "Close",
        ),
        h("h2", { className: `text-base text-text-3 truncate ${compared.layout === "side" ? "" : "max-lg:sr-only"}` }, told && sides.length ? `Comparing ${sides.length} clips` : "Compare"),
      ),
      told && sides.length > 1
        ? h(Bench, { key: wanted, sides, rows, compared, linked: compared.linked, onFavorite })
        : h(
            "div",
            { key: "wait", className: "row-start-2 col-start-1 grid place-items-center p-6 text-base text-text-3", "aria-busy": !problem },
            problem ? h("p", { role: "alert", className: "text-pretty text-center" }, problem) : h("div", { className: "size-full rounded-lg bg-bg-2" }),
          ),
    ],
  );
}
