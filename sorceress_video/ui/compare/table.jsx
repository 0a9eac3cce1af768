import { createElement as h, useState } from "react";
import { Heart, Minus, Plus, Volume2, VolumeX } from "lucide-react";
import { LETTERS } from "./sides.jsx";

// A column holds a clip's controls in a row; on a phone in two, so that two clips stand side by side at 360 px.
const WIDTH = "min-w-[calc(124px+var(--sides)*190px)] max-sm:min-w-[calc(96px+var(--sides)*130px)]";

const BUTTON =
  "inline-flex items-center justify-center gap-1.5 h-7 min-w-7 pointer-coarse:min-h-11 pointer-coarse:min-w-11 px-2 max-sm:px-1 rounded-sm text-base text-text-2 hover:bg-bg-3 hover:text-text-1 cursor-pointer transition-colors outline-none focus-visible:ring-2 focus-visible:ring-accent disabled:opacity-40 disabled:pointer-events-none";

/** What belongs to one clip: its letter, sound, offset in frames, and the mark of the winner. */
function Head({ side, place, offset, heard, onListen, onOffset, onFavorite }) {
  const letter = LETTERS[place];
  const step = (way) =>
    h(
      "button",
      {
        type: "button",
        onClick: () => onOffset(place, offset + way),
        "aria-label": `${letter} one frame ${way < 0 ? "earlier" : "later"}`,
        "data-testid": way < 0 ? "offset-less" : "offset-more",
        className: `${BUTTON} !px-0`,
      },
      h(way < 0 ? Minus : Plus, { size: 14, strokeWidth: 1.75, "aria-hidden": true }),
    );
  return h(
    "th",
    { scope: "col", className: "align-top text-left font-normal px-2 py-1.5", "data-testid": "compare-head" },
    h(
      "p",
      { className: "flex items-baseline gap-1.5 text-base font-medium text-text-1" },
      h("span", { className: "font-semibold text-accent" }, letter),
      h("span", { className: "truncate" }, side.model),
    ),
    h(
      "div",
      { className: "mt-1 -ml-2 flex flex-wrap items-center" },
      h(
        "button",
        {
          type: "button",
          "aria-pressed": side.favorite,
          "aria-label": `Winner: ${letter}`,
          onClick: () => onFavorite?.(side.id, !side.favorite),
          "data-testid": "compare-winner",
          "data-tip": side.favorite ? "Take it out of the favorites" : "Mark it as a favorite",
          className: `${BUTTON} aria-pressed:text-text-1`,
        },
        h(Heart, { size: 15, strokeWidth: 1.75, "aria-hidden": true, className: side.favorite ? "fill-bad text-bad" : "" }),
        "Winner",
      ),
      h(
        "button",
        {
          type: "button",
          "aria-pressed": heard,
          "aria-label": side.sound ? `Listen to ${letter}` : `${letter} has no sound`,
          disabled: !side.sound,
          onClick: () => onListen(place),
          "data-testid": "compare-listen",
          className: `${BUTTON} aria-pressed:text-accent`,
        },
        h(heard ? Volume2 : VolumeX, { size: 15, strokeWidth: 1.75, "aria-hidden": true }),
      ),
      h(
        "span",
        { role: "group", "aria-label": `Offset of ${letter} in frames`, className: "inline-flex items-center" },
        step(-1),
        h(
          "output",
          { className: "min-w-9 text-center text-sm figure text-text-2", "data-testid": "compare-offset", title: "Offset in frames" },
          `${offset > 0 ? "+" : ""}${offset} f`,
        ),
        step(1),
      ),
    ),
  );
}

function Line({ row }) {
  return h(
    "tr",
    { "data-differs": row.differs, "data-testid": "compare-row", className: "border-t border-line align-top data-[differs=true]:bg-accent-soft" },
    h(
      "th",
      { scope: "row", className: "text-left font-normal text-text-3 px-3.5 max-sm:px-2.5 py-1.5 sm:whitespace-nowrap sticky left-0 bg-bg-1" },
      row.name,
      row.differs && h("span", { className: "sr-only" }, " (differs)"),
    ),
    row.values.map((value, place) =>
      h(
        "td",
        { key: place, className: `px-2 py-1.5 figure ${row.differs ? "text-text-1" : "text-text-2"}` },
        h("span", { className: "line-clamp-3", title: value.length > 90 ? value : undefined }, value),
      ),
    ),
  );
}

/** The clips' own controls above what tells them apart: settings, seed, cost and time. */
export function Differences({ sides, rows, offsets, heard, ...deeds }) {
  const [all, setAll] = useState(true);
  const shown = all ? rows : rows.filter((row) => row.differs);
  return h(
    "div",
    { className: "row-start-4 col-start-1 min-h-0 overflow-auto kit-scroll outline-none focus-visible:ring-2 focus-visible:ring-accent focus-visible:ring-inset bg-bg-1 border-t border-line max-lg:overflow-y-visible max-lg:pb-[calc(20px+env(safe-area-inset-bottom))]", tabIndex: 0, role: "region", "aria-label": "Differences" },
    h(
      "table",
      {
        className: `w-full text-base border-collapse table-fixed ${WIDTH}`,
        style: { "--sides": sides.length },
        "data-testid": "compare-table",
      },
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          h(
            "td",
            { className: "w-[124px] max-sm:w-24 align-top px-3.5 max-sm:px-2.5 py-1.5 sticky left-0 bg-bg-1" },
            h(
              "button",
              {
                type: "button",
                "aria-pressed": !all,
                onClick: () => setAll(!all),
                "data-testid": "compare-only",
                className: `${BUTTON} -ml-2 !text-sm text-left sm:whitespace-nowrap aria-pressed:bg-accent-soft aria-pressed:text-accent`,
              },
              "Differences only",
            ),
          ),
          sides.map((side, place) => h(Head, { key: side.id, side, place, offset: offsets[place], heard: heard === place, ...deeds })),
        ),
      ),
      h(
        "tbody",
        null,
        shown.map((row) => h(Line, { key: row.name, row })),
      ),
    ),
    shown.length === 0 && h("p", { className: "px-3.5 py-3 text-base text-text-3" }, "Nothing tells these clips apart but what they show."),
  );
}
