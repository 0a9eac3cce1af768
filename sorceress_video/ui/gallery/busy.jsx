import { createElement as h, useLayoutEffect, useRef } from "react";
import { RefreshCw } from "lucide-react";
import { useSecondsSince, useTick } from "$/public/external/sorceress_video/live/feed/live_store.jsx";
import { useCell } from "./virtual_grid.jsx";

const RADIUS = 20;
const ROUND = 2 * Math.PI * RADIUS;
const NOT_BEGUN = -2;
const LONG = 180; // seconds after which a clip of unknown usual time counts as long

export const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
/** Usual times are medians: rounded to five seconds, or they would promise what they cannot keep. */
const about = (seconds) => clock(Math.max(5, Math.round(seconds / 5) * 5));

export const timeOf = (seconds, usual) =>
  seconds <= usual ? `${clock(seconds)} of about ${about(usual)}` : `${clock(seconds)} · usually ${about(usual)}`;

// Ten steps a second, the same ones for all rings: a page without a graphics card draws ten frames a second
// then, not sixty, and its cards keep up with thirty running clips.
const TURNING = "animate-spin [animation-duration:1.6s] [animation-timing-function:steps(16)] motion-reduce:animate-none";
const GROWING = "transition-[stroke-dashoffset] duration-300 [transition-timing-function:steps(3)]";

function Ring({ percent }) {
  const known = percent >= 0;
  const begun = percent !== NOT_BEGUN;
  const turns = begun && !known;
  const drawn = useRef(null);
  useLayoutEffect(() => {
    if (turns) for (const turning of drawn.current.getAnimations()) turning.startTime = 0;
  }, [turns]);
  return h(
    "div",
    {
      role: "progressbar",
      "aria-label": "Progress",
      "aria-valuemin": 0,
      "aria-valuemax": 100,
      "aria-valuenow": known ? percent : undefined,
      "data-testid": "card-progress",
      className: `relative size-[36px] [@container_(max-height:128px)]:size-[26px] shrink-0`,
    },
    h(
      "svg",
      {
        ref: drawn,
        viewBox: "0 0 48 48",
        "aria-hidden": true,
        className: `size-full -rotate-90 ${turns ? TURNING : ""}`,
      },
      h("circle", { cx: 24, cy: 24, r: RADIUS, fill: "none", stroke: "currentColor", strokeWidth: 4, className: "text-text-1 opacity-20" }),
      h("circle", {
        cx: 24,
        cy: 24,
        r: RADIUS,
        fill: "none",
        stroke: "var(--accent)",
        strokeWidth: 4,
        strokeLinecap: begun ? "round" : "butt",
        strokeDasharray: ROUND,
        style: { strokeDashoffset: ROUND * (known ? 1 - percent / 100 : begun ? 0.78 : 1) },
        className: known ? GROWING : "",
      }),
    ),
    known &&
      h(
        "span",
        { className: `absolute inset-0 grid place-items-center text-xs [@container_(max-height:128px)]:text-[9px] font-semibold figure tracking-tight` },
        `${percent}%`,
      ),
  );
}

/**
 * What a clip in the making shows: how far, what it is doing, how long of how long usually, and, when that is
 * over, a way to ask now. Lives on ticks; the card's row is what it starts from.
 */
export function BusyOverlay({ clip, onRecheck }) {
  const tick = useTick(clip.id, clip.version);
  const { tabIndex } = useCell();
  const percent = clip.status === "fetching" ? -1 : (tick?.percent ?? clip.percent);
  const phase = tick?.phase || clip.text;
  const seconds = useSecondsSince(clip.since);
  const long = clip.since > 0 && seconds > (clip.usual > 0 ? clip.usual * 1.5 + 10 : LONG);
  const position = tick?.position ?? clip.position;
  const time = long || clip.usual <= 0 ? clock(seconds) : timeOf(seconds, clip.usual);
  return h(
    "div",
    {
      "data-tile": true,
      tabIndex,
      role: "group",
      "aria-label": `${clip.model}: ${phase}`,
      className:
        `absolute inset-0 flex flex-col items-center justify-center gap-0.5 px-2.5 pt-1 pb-6 text-center outline-none rounded-md [@container_(max-height:128px)]:gap-0`,
    },
    h(Ring, { percent: clip.since > 0 ? percent : NOT_BEGUN }),
    h("p", { className: `mt-1.5 [@container_(max-height:128px)]:mt-0 text-base font-medium text-text-1 line-clamp-1`, "data-testid": "card-phase" }, phase),
    h(
      "p",
      { className: "flex items-center justify-center text-sm text-text-2 figure whitespace-nowrap", "data-testid": "card-time" },
      clip.since > 0 ? time : position > 0 ? `${position} ahead` : "\u00a0",
      long &&
        h(
          "button",
          {
            type: "button",
            onClick: onRecheck,
            "data-testid": "card-recheck",
            "data-tip": "Longer than usual: ask now how it stands",
            className:
              "relative z-20 inline-flex items-center gap-1 ml-2 text-accent cursor-pointer outline-none rounded-xs focus-visible:ring-2 focus-visible:ring-accent hover:underline after:absolute after:-inset-2 pointer-coarse:after:-inset-3",
          },
          h(RefreshCw, { size: 12, strokeWidth: 1.75, "aria-hidden": true }),
          "Recheck",
        ),
    ),
  );
}

/** “position 3 · tries by itself”, kept up by ticks. */
export function QueuePlace({ clip }) {
  const tick = useTick(clip.id, clip.version);
  const position = tick?.position ?? clip.position;
  return h(
    "span",
    { "data-testid": "card-position" },
    position > 0 ? `position ${position} · ` : "",
    "tries by itself",
  );
}
