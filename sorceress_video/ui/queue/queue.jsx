import { createElement as h, useEffect, useState } from "react";
import { CircleHelp, ListVideo, X } from "lucide-react";
import { useSecondsSince, useTick } from "$/public/external/sorceress_video/live/feed/live_store.jsx";
import { clock, timeOf } from "$/public/external/sorceress_video/ui/gallery/client/busy.jsx";

const ASKING = "ambiguous";
const CANCELLING = "cancelling";
const THINKING = 5000; // ms in which a second press confirms
const FOCUS = "outline-none focus-visible:ring-2 focus-visible:ring-accent";

/** “2 running · 1 waiting · 1 needs your decision”; "" while there is nothing. */
export function words({ running, waiting, asking }) {
  const decision = asking === 1 ? "1 needs your decision" : `${asking} need your decision`;
  return [running && `${running} running`, waiting && `${waiting} waiting`, asking && decision].filter(Boolean).join(" · ");
}

/** The button that opens the queue, in the top bar of every screen. */
export function QueueChip({ running, waiting, asking, opens, onOpen }) {
  const all = running + waiting + asking;
  const said = words({ running, waiting, asking });
  const props = {
    type: "button",
    onClick: onOpen,
    "data-opens": opens,
    "data-testid": "queue-open",
    "aria-haspopup": "dialog",
    "aria-label": said ? `Queue of ${all}: ${said}` : "Queue: nothing in the making",
    "data-tip": said || "Queue",
  };
  if (all === 0) {
    return h(
      "button",
      {
        ...props,
        className: `inline-flex items-center justify-center size-8 pointer-coarse:size-11 rounded-full text-text-2 cursor-pointer hover:bg-bg-3 hover:text-text-1 transition-colors ${FOCUS}`,
      },
      h(ListVideo, { size: 16, strokeWidth: 1.75, "aria-hidden": true }),
    );
  }
  return h(
    "button",
    { ...props, className: `running-chip figure ${FOCUS}` },
    h("span", { className: "running-dot", "data-asking": asking > 0 || undefined }),
    h("span", { className: "max-lg:hidden" }, said),
    h("span", { className: "lg:hidden" }, all),
  );
}

function Time({ card, admitted }) {
  const begun = card.since > 0;
  const seconds = useSecondsSince(begun ? card.since : admitted);
  if (!begun) return `in line for ${clock(seconds)}`;
  return card.usual > 0 ? timeOf(seconds, card.usual) : clock(seconds);
}

function Bar({ percent }) {
  return h(
    "span",
    { className: "queue-bar", "data-unknown": percent < 0 || undefined, "aria-hidden": true },
    h("span", { style: percent < 0 ? undefined : { scale: `${percent / 100} 1` } }),
  );
}

/** One clip in the making: what it is, how far, since when, and a way to stop it. */
function Line({ line, number, onGo, onCancel }) {
  const { card } = line;
  const tick = useTick(card.id, card.version);
  const percent = card.status === "fetching" ? -1 : (tick?.percent ?? card.percent);
  const position = tick?.position ?? card.position;
  const begun = card.since > 0;
  const said = tick?.phase || card.text;
  const share = begun && percent >= 0 && !said.includes("%") && `${percent} %`;
  const phase = [said, share, !begun && position > 0 && `${position} ahead`];
  return h(
    "li",
    { className: "queue-line", "data-testid": "queue-line", "data-clip": card.id, "data-status": card.status },
    h("span", { className: "w-5 shrink-0 text-right text-sm text-text-3 figure", "aria-hidden": true }, number),
    h(
      "button",
      {
        type: "button",
        onClick: () => onGo(card.id),
        "data-testid": "queue-go",
        className: `queue-go ${FOCUS}`,
      },
      h("span", { className: "sr-only" }, "Go to "),
      h("span", { className: "block truncate" }, h("span", { className: "font-medium text-text-1" }, card.model), h("span", { className: "text-text-3" }, card.output && ` ${card.output}`)),
      h("span", { className: "block truncate text-sm text-text-3" }, card.prompt || "No prompt"),
    ),
    card.status !== CANCELLING &&
      h(
        "button",
        {
          type: "button",
          onClick: () => onCancel(card.id),
          "data-testid": "queue-cancel",
          "aria-label": `Cancel ${card.model}: ${card.prompt || "no prompt"}`,
          "data-tip": "Cancel",
          className: `queue-x ${FOCUS}`,
        },
        h(X, { size: 16, strokeWidth: 1.75, "aria-hidden": true }),
      ),
    h(
      "span",
      { className: "queue-state" },
      begun ? h(Bar, { percent }) : null,
      h(
        "span",
        { className: "flex justify-between gap-3 text-sm text-text-2 figure" },
        h("span", { className: "truncate", "data-testid": "queue-phase" }, phase.filter(Boolean).join(" · ")),
        h("span", { className: "shrink-0", "data-testid": "queue-time" }, h(Time, { card, admitted: line.admitted })),
      ),
    ),
  );
}

/** A clip whose answer never came: what happened, what each way may cost, and both ways. */
function Question({ line, onGo, onRetry, onDismiss }) {
  const { card } = line;
  const button = `inline-flex items-center h-7 pointer-coarse:h-11 px-2.5 rounded-sm text-sm font-medium bg-bg-3 text-text-1 hover:bg-line-strong cursor-pointer transition-colors ${FOCUS}`;
  return h(
    "li",
    { className: "queue-line", "data-testid": "queue-question", "data-clip": card.id },
    h(CircleHelp, { size: 18, strokeWidth: 1.75, "aria-hidden": true, className: "text-gold shrink-0 mt-0.5" }),
    h(
      "button",
      { type: "button", onClick: () => onGo(card.id), "data-testid": "queue-go", className: `queue-go ${FOCUS}` },
      h("span", { className: "sr-only" }, "Go to "),
      h("span", { className: "block truncate font-medium text-text-1" }, card.model),
      h("span", { className: "block truncate text-sm text-text-3" }, card.prompt || "No prompt"),
    ),
    h(
      "span",
      { className: "queue-state" },
      h("span", { className: "block text-sm text-text-2 text-pretty" }, `${card.text} ${card.note}.`),
      h(
        "span",
        { className: "flex gap-1.5 mt-1" },
        h("button", { type: "button", className: button, onClick: () => onRetry(card.id), "data-testid": "queue-retry" }, "Try again"),
        h("button", { type: "button", className: button, onClick: () => onDismiss(card.id), "data-testid": "queue-dismiss" }, "Dismiss"),
      ),
    ),
  );
}

const heading = (text) => h("h3", { className: "pb-1 text-sm font-semibold text-text-3" }, text);

/** Stops everything, at the second press: what is lost may have been paid for. */
export function CancelAll({ count, onConfirm }) {
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    if (!asked) return undefined;
    const timer = setTimeout(() => setAsked(false), THINKING);
    return () => clearTimeout(timer);
  }, [asked]);
  const act = () => {
    setAsked(!asked);
    if (asked) onConfirm();
  };
  return h(
    "button",
    {
      type: "button",
      onClick: act,
      "data-testid": "queue-cancel-all",
      className: `inline-flex items-center h-8 pointer-coarse:h-11 px-3 rounded-sm text-base font-medium whitespace-nowrap cursor-pointer transition-colors text-bad bg-bad-soft hover:bg-bad/20 ${FOCUS}`,
    },
    asked ? `Cancel all ${count}?` : "Cancel all",
  );
}

/** Lines of one click that follow each other stand together, with one way to stop them all. */
function inBatches(lines) {
  const groups = [];
  for (const line of lines) {
    const last = groups[groups.length - 1];
    if (last?.batch === line.batch) last.lines.push(line);
    else groups.push({ batch: line.batch, together: line.together, lines: [line] });
  }
  return groups;
}

/** Everything in the making, oldest first; what asks for a decision before all. */
export function QueueList({ lines, more, ready, problem, onSeek, onCancel, onCancelBatch, onRetry, onDismiss }) {
  const go = (id) => {
    document.querySelector("[data-testid=queue]")?.close();
    const tile = document.querySelector(`[data-clip-id="${CSS.escape(id)}"] [data-tile]`);
    if (!tile) return onSeek(id);
    tile.scrollIntoView({ block: "nearest" });
    return tile.focus({ preventScroll: true, focusVisible: true });
  };
  if (problem) return h("p", { role: "alert", className: "py-6 text-center text-base text-bad text-pretty" }, problem);
  if (!ready && lines.length === 0) {
    return h("div", { "aria-hidden": true, className: "flex flex-col gap-2" }, [1, 2].map((each) => h("div", { key: each, className: "h-[74px] rounded-md bg-bg-2" })));
  }
  if (lines.length === 0) {
    return h(
      "div",
      { className: "flex flex-col items-center gap-1.5 py-8 text-center", "data-testid": "queue-empty" },
      h(ListVideo, { size: 22, strokeWidth: 1.75, "aria-hidden": true, className: "text-text-3 mb-1" }),
      h("p", { className: "text-md font-semibold text-text-1" }, "Nothing is in the making"),
      h("p", { className: "text-base text-text-3 max-w-72 text-pretty" }, "Clips that you generate stand here until they are done."),
    );
  }
  const asking = lines.filter((line) => line.card.status === ASKING);
  const making = lines.filter((line) => line.card.status !== ASKING);
  let number = 0;
  return [
    asking.length > 0 &&
      h(
        "section",
        { key: "asking", "aria-label": "Needs your decision" },
        heading("Needs your decision"),
        h("ul", null, asking.map((line) => h(Question, { key: line.card.id, line, onGo: go, onRetry, onDismiss }))),
      ),
    making.length > 0 &&
      h(
        "section",
        { key: "making", "aria-label": "In the making", className: asking.length > 0 ? "mt-4" : "-mt-1" },
        asking.length > 0 && heading("In the making"),
        inBatches(making).map(({ batch, together, lines: mine }) =>
          h(
            "div",
            { key: mine[0].card.id, className: "py-1" },
            together > 1 &&
              h(
                "div",
                { className: "flex items-center justify-between gap-3 pt-1.5" },
                h("span", { className: "text-sm text-text-3" }, `${together} clips of one request`),
                h(
                  "button",
                  {
                    type: "button",
                    onClick: () => onCancelBatch(batch),
                    "data-testid": "queue-cancel-batch",
                    className: `relative text-sm text-accent hover:underline cursor-pointer rounded-xs after:absolute after:-inset-2 pointer-coarse:after:-inset-3.5 ${FOCUS}`,
                  },
                  `Cancel these ${together}`,
                ),
              ),
            h(
              "ul",
              null,
              mine.map((line) => {
                number += 1;
                return h(Line, { key: line.card.id, line, number, onGo: go, onCancel });
              }),
            ),
          ),
        ),
      ),
    more > 0 && h("p", { key: "more", className: "pt-3 text-center text-sm text-text-3", "data-testid": "queue-more" }, `and ${more} more`),
  ];
}
