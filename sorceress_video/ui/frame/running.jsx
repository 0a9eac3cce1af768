import { createElement as h, useEffect, useRef } from "react";

const WAITING = new Set(["queued", "waiting"]);
const RUNNING = new Set(["submitting", "running", "cancelling", "fetching"]);
const PAUSE = 1000; // ms between two questions to the server

/**
 * How many clips are in the making. While the gallery stands at its top, its own cards say so; further down the
 * newest clips are not among them, and the server is asked.
 */
export function RunningChip({ cards, start, fresh, running, waiting, onRecount }) {
  const asked = useRef(0);
  const here = start === 0 && fresh === 0;
  useEffect(() => {
    if (here || Date.now() - asked.current < PAUSE) return;
    asked.current = Date.now();
    onRecount();
  }, [here, cards, fresh]);
  const count = (kinds) => cards.filter((card) => kinds.has(card.status)).length;
  const made = here ? count(RUNNING) : running;
  const queued = here ? count(WAITING) : waiting;
  const all = made + queued;
  if (all === 0) return null;
  const words = [made && `${made} running`, queued && `${queued} waiting`].filter(Boolean).join(" · ");
  return h(
    "span",
    { className: "running-chip figure", "data-testid": "running", "data-tip": words, "aria-label": words, role: "img" },
    h("span", { className: "running-dot" }),
    h("span", { className: "max-lg:hidden" }, words),
    h("span", { className: "lg:hidden" }, all),
  );
}
