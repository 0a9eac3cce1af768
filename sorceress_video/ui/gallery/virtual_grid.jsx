import {
  createContext,
  createElement as h,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { setAddress } from "./address.jsx";
import { useKeepFocus } from "./keep_focus.jsx";
import { useLongScroll } from "./long_scroll.jsx";
import { useGoTo } from "./place.jsx";

const OVERSCAN_ROWS = 2;
const MARGIN_ROWS = 3; // rows beyond the visible ones that the window should hold
const ASK_PAUSE = 120; // ms between questions for another window
const ASK_AGAIN = 1500; // ms after which the same question may be asked once more
const HOLD_PAUSE = 150; // ms
const NOTE_PAUSE = 300; // ms of rest until the address says where the person is

const NARROWEST = 168; // px: a tile below this holds no words

const PHONE = "(max-width: 639.98px)";
const NARROW = "(max-width: 1023.98px)";

const Grid = createContext(null);
const Cell = createContext({ tabIndex: 0 });

/** What a tile has to know of its place: whether it is the one that Tab reaches. */
export const useCell = () => useContext(Cell);

function shapeOf(columns) {
  if (typeof window === "undefined") return { columns, ratio: 9 / 16 };
  if (matchMedia(PHONE).matches) return { columns: 2, ratio: 4 / 3 };
  if (matchMedia(NARROW).matches) return { columns: 3, ratio: 9 / 16 };
  return { columns, ratio: 9 / 16 };
}

function useShape(columns) {
  const [shape, setShape] = useState({ columns, ratio: 9 / 16 });
  useLayoutEffect(() => {
    const suit = () =>
      setShape((old) => {
        const next = shapeOf(columns);
        return old.columns === next.columns && old.ratio === next.ratio ? old : next;
      });
    const queries = [matchMedia(PHONE), matchMedia(NARROW)];
    suit();
    queries.forEach((query) => query.addEventListener("change", suit));
    return () => queries.forEach((query) => query.removeEventListener("change", suit));
  }, [columns]);
  return shape;
}

/** The wish for columns, as far as tiles stay readable: between unfolded panels there is not always room. */
function fit({ columns, ratio }, width, gap) {
  const most = Math.max(1, Math.floor((width + gap) / (NARROWEST + gap)));
  return { columns: width > 0 && ratio < 1 ? Math.min(columns, most) : columns, ratio };
}

function useWidth(ref) {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(entry.contentRect.width));
    watch.observe(ref.current);
    setWidth(ref.current.clientWidth);
    return () => watch.disconnect();
  }, [ref]);
  return width;
}

/** Asks for another window: never the same question twice in a row, never faster than the answers are of use. */
function useAsking(onRange) {
  const state = useRef({ last: "", at: 0, timer: 0 });
  const ask = useRef(onRange);
  ask.current = onRange;
  useEffect(() => () => clearTimeout(state.current.timer), []);
  return useCallback((first, last) => {
    const mine = state.current;
    const question = `${first}:${last}`;
    clearTimeout(mine.timer);
    const since = performance.now() - mine.at;
    if (question === mine.last && since < ASK_AGAIN) return;
    const send = () => {
      mine.last = question;
      mine.at = performance.now();
      ask.current?.(first, last);
    };
    if (since >= ASK_PAUSE) send();
    else mine.timer = setTimeout(send, ASK_PAUSE - since);
  }, []);
}

/** Says when the person leaves the top, so that new clips wait behind a pill, and when they are back. */
function useHolding(scroller, top, edge, onHold) {
  const tell = useRef(onHold);
  tell.current = onHold;
  useEffect(() => {
    const box = scroller.current;
    let held = false;
    let timer = 0;
    const look = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const now = top() > edge;
        if (now === held) return;
        held = now;
        tell.current?.(now);
      }, HOLD_PAUSE);
    };
    box.addEventListener("scroll", look, { passive: true });
    return () => {
      clearTimeout(timer);
      box.removeEventListener("scroll", look);
    };
  }, [scroller, top, edge]);
}

/** Writes the first clip in view into the address once the person rests there; nothing while they are at the top. */
function useNoting(scroller, field, firstInView) {
  const first = useRef(firstInView);
  first.current = firstInView;
  useEffect(() => {
    const box = scroller.current;
    let timer = 0;
    const note = () => {
      const number = first.current();
      const card = field.current?.querySelector(`[data-index="${number}"] [data-clip-id]`);
      if (number === 0) setAddress({ at: null });
      else if (card) setAddress({ at: card.dataset.clipId });
      else timer = setTimeout(note, NOTE_PAUSE); // The window is still on its way.
    };
    const moved = () => {
      clearTimeout(timer);
      timer = setTimeout(note, NOTE_PAUSE);
    };
    box.addEventListener("scroll", moved, { passive: true });
    return () => {
      clearTimeout(timer);
      box.removeEventListener("scroll", moved);
    };
  }, [scroller, field]);
}

const STEPS = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };

/**
 * A grid of `total` tiles of which the children are those from number `start` on. Rows outside that window show
 * skeletons, and `onRange(first, last)` asks for the window that the person looks at.
 */
export function VirtualGrid({
  total,
  start,
  count,
  columns: wanted,
  gap,
  fresh,
  filter,
  sought,
  place: there,
  label,
  onRange,
  onHold,
  onReturn,
  children,
  ...rest
}) {
  const scroller = useRef(null);
  const field = useRef(null);
  const width = useWidth(field);
  const { columns, ratio } = fit(useShape(wanted), width, gap);
  const tileWidth = width > 0 ? (width - gap * (columns - 1)) / columns : 0;
  const tileHeight = Math.round(tileWidth * ratio);
  const rows = Math.ceil(total / columns);
  const pitch = tileHeight + gap;
  const [stop, setStop] = useState(0);
  const focusWhenThere = useRef(-1);
  const topPlace = useRef({ index: 0, within: 0 });

  const { first: firstRow, last: lastRow, shift, height, top, scrollTo } = useLongScroll(scroller, {
    rows: width > 0 ? rows : 0,
    pitch,
    gap,
    overscan: OVERSCAN_ROWS,
  });

  // Another column count or width: keep the tile at the top where it was.
  const laid = useRef(0);
  useLayoutEffect(() => {
    if (pitch <= gap) return;
    if (laid.current && laid.current !== pitch * 10 + columns && topPlace.current.index > 0) {
      const { index, within } = topPlace.current;
      scrollTo((Math.floor(index / columns) + within) * pitch);
    }
    laid.current = pitch * 10 + columns;
  }, [pitch, columns, scrollTo]);

  useEffect(() => {
    const box = scroller.current;
    const note = () => {
      const row = top() / pitch;
      topPlace.current = { index: Math.floor(row) * columns, within: row % 1 };
    };
    box.addEventListener("scroll", note, { passive: true });
    return () => box.removeEventListener("scroll", note);
  }, [pitch, columns, top]);

  // Another filter is another list: begin at its top, or at the place that the address names.
  const begun = useRef("");
  useLayoutEffect(() => {
    if (pitch <= gap || begun.current === filter) return;
    begun.current = filter;
    const index = Math.max(0, there);
    setStop(index);
    if (index === 0) {
      topPlace.current = { index: 0, within: 0 };
      scrollTo(0);
    } else if (Math.floor((top() + gap) / pitch) !== Math.floor(index / columns)) {
      topPlace.current = { index, within: 0 };
      scrollTo(Math.floor(index / columns) * pitch);
    }
  }, [filter, there, pitch, gap, columns, top, scrollTo]);

  const first = Math.max(0, firstRow * columns);
  const last = Math.min(total, (lastRow + 1) * columns) - 1;

  const ask = useAsking(onRange);
  useEffect(() => {
    if (last < 0 || count === 0) return;
    const margin = (MARGIN_ROWS - OVERSCAN_ROWS) * columns;
    const needFirst = Math.max(0, first - margin);
    const needLast = Math.min(total - 1, last + margin);
    if (needFirst < start || needLast >= start + count) ask(needFirst, needLast);
  }, [first, last, start, count, total, columns, ask]);

  useHolding(scroller, top, pitch / 2, onHold);
  useKeepFocus(field, total);
  useNoting(scroller, field, () => Math.floor((top() + gap) / pitch) * columns);

  const bringIntoView = useCallback(
    (index) => {
      const box = scroller.current;
      const at = Math.floor(index / columns) * pitch;
      const room = box.clientHeight - parseFloat(getComputedStyle(box).paddingBottom) - tileHeight;
      if (at < top()) scrollTo(at);
      else if (at > top() + room) scrollTo(at - Math.max(0, room));
    },
    [columns, pitch, tileHeight, top, scrollTo],
  );

  const goTo = useCallback(
    (index) => {
      const target = Math.min(Math.max(0, index), total - 1);
      setStop(target);
      const tile = field.current.querySelector(`[data-index="${target}"] [data-tile]`);
      bringIntoView(target);
      if (tile) tile.focus({ preventScroll: true });
      else focusWhenThere.current = target;
    },
    [total, bringIntoView],
  );

  useEffect(() => {
    if (sought && width > 0) goTo(Number.parseInt(sought, 10));
  }, [sought, width > 0]);

  // The card may stand far beyond the window; then the server is asked where.
  useGoTo((id, otherwise) => {
    const cell = (each) => field.current.querySelector(`[data-clip-id="${CSS.escape(each)}"]`)?.closest("[data-index]");
    const there = cell(id);
    const here = there ?? (otherwise && cell(otherwise));
    if (here) goTo(Number(here.dataset.index));
    if (!there) onReturn?.(id);
  });

  const onKeyDown = (event) => {
    const here = event.target === field.current || event.target.matches?.("[data-tile]");
    if (!here || event.altKey || event.ctrlKey || event.metaKey) return;
    const present = Number(event.target.closest("[data-index]")?.dataset.index ?? stop);
    const page = Math.max(1, Math.floor((scroller.current.clientHeight || pitch) / pitch)) * columns;
    const step = { ...STEPS, ArrowDown: columns, ArrowUp: -columns, PageDown: page, PageUp: -page }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    goTo(step === Infinity ? total - 1 : step === -Infinity ? 0 : present + step);
  };

  const onFocus = (event) => {
    const cell = event.target.closest?.("[data-index]");
    if (cell) setStop(Number(cell.dataset.index));
  };

  const toTop = () => {
    if (top() > 4000) scrollTo(0);
    else scroller.current.scrollTo({ top: 0, behavior: "smooth" });
    onHold?.(false);
  };

  const grid = useMemo(
    () => ({ start, total, columns, first, last, gap, shift, tileWidth, tileHeight, pitch, stop, focusWhenThere }),
    [start, total, columns, first, last, gap, shift, tileWidth, tileHeight, pitch, stop],
  );

  const waiting = [];
  for (let index = first; index <= last; index += 1) {
    if (index >= start && index < start + count) continue;
    waiting.push(
      h("div", {
        key: index,
        "aria-hidden": true,
        "data-testid": "clip-skeleton",
        className: "absolute top-0 left-0 rounded-md bg-bg-2",
        style: place(index, grid),
      }),
    );
  }

  return h(
    "div",
    { ...rest, className: "relative flex-1 min-h-0" },
    fresh > 0 &&
      h(
        "button",
        {
          type: "button",
          "data-testid": "new-clips",
          onClick: toTop,
          className:
            "absolute z-20 top-2 left-1/2 -translate-x-1/2 h-8 pointer-coarse:h-11 px-3.5 rounded-full bg-accent-solid text-white text-sm font-semibold shadow-lift cursor-pointer outline-none focus-visible:ring-2 focus-visible:ring-accent hover:bg-accent-solid-hover transition-colors",
        },
        `↑ ${fresh} new`,
      ),
    h(
      "div",
      {
        ref: scroller,
        "data-testid": "gallery-scroll",
        className:
          "h-full overflow-y-auto overflow-x-hidden overscroll-contain kit-scroll [overflow-anchor:none] has-[>:focus-visible]:shadow-[inset_0_0_0_2px_var(--accent)] px-3.5 max-lg:px-3 pt-0.5 max-lg:pt-2.5 pb-[calc(14px+var(--dock)+env(safe-area-inset-bottom))] in-data-selecting:pb-[calc(128px+var(--dock)+env(safe-area-inset-bottom))]",
      },
      h(
        "div",
        {
          ref: field,
          role: "list",
          "aria-label": label,
          tabIndex: -1,
          onKeyDown,
          onFocus,
          className: "relative w-full outline-none",
          style: { height },
        },
        h(Grid.Provider, { value: grid }, waiting, children),
      ),
    ),
  );
}

function place(index, { columns, gap, shift, tileWidth, tileHeight, pitch }) {
  const x = (index % columns) * (tileWidth + gap);
  const y = Math.floor(index / columns) * pitch - shift;
  return { width: tileWidth, height: tileHeight, transform: `translate(${x}px, ${y}px)` };
}

/** One tile: stands where its number says, and is not there at all while it is far from view. */
export function GridCell({ index, children }) {
  const grid = useContext(Grid);
  const ref = useRef(null);
  const number = grid.start + index;
  const shown = number >= grid.first && number <= grid.last;
  useEffect(() => {
    if (!shown || grid.focusWhenThere.current !== number) return;
    grid.focusWhenThere.current = -1;
    ref.current?.querySelector("[data-tile]")?.focus({ preventScroll: true });
  }, [shown, number, grid]);
  const tabIndex = number === grid.stop || (number === grid.start && !inView(grid)) ? 0 : -1;
  const cell = useMemo(() => ({ tabIndex }), [tabIndex]);
  if (!shown) return null;
  return h(
    "div",
    {
      ref,
      role: "listitem",
      "aria-setsize": grid.total,
      "aria-posinset": number + 1,
      "data-index": number,
      className: "absolute top-0 left-0",
      style: place(number, grid),
    },
    h(Cell.Provider, { value: cell }, children),
  );
}

const inView = ({ stop, first, last }) => stop >= first && stop <= last;

/** The focusable ground of a tile that opens nothing. */
export function CellTile({ children, ...rest }) {
  const { tabIndex } = useCell();
  return h("div", { ...rest, "data-tile": true, tabIndex, role: "group" }, children);
}
