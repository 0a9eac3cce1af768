import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";

const TALLEST = 8_000_000; // device pixels; browsers cut an element off at about 17 million
const EVEN = 0.25; // share of the bar at each end that scrolls pixel by pixel
const LEAP = 3; // viewports in one step: the bar was dragged; wheels, keys and fingers go in smaller ones
const REST = 160; // ms without a move until the bar is set right

/**
 * Which rows of a list are in view, for any number of rows.
 *
 * A list that is taller than a browser can make an element stands in a shorter one. `shift` is what lies between
 * the two: a row at `y` of the list is drawn at `y - shift`. Small steps move the list pixel by pixel; a leap of
 * the bar lands where the bar says; and when the list rests, the bar is put where the list is.
 */
export function useLongScroll(scroller, { rows, pitch, gap, overscan }) {
  const whole = Math.max(0, rows * pitch - gap);
  const tallest = Math.floor(TALLEST / Math.max(1, globalThis.devicePixelRatio ?? 1));
  const height = Math.min(whole, tallest);
  const [view, setView] = useState({ first: 0, last: -1, shift: 0 });
  const held = useRef({ seen: 0, shift: 0 });
  const goal = useRef(null); // where the bar goes with the next drawing
  const shape = useRef({});
  shape.current = { rows, pitch, whole, height };

  const bar = useCallback(() => {
    const box = scroller.current;
    const reach = box ? Math.max(0, box.scrollHeight - box.clientHeight) : 0;
    const extra = shape.current.whole - shape.current.height;
    return { box, reach, extra, zone: reach * EVEN };
  }, [scroller]);

  const toList = useCallback(
    (at) => {
      const { reach, extra, zone } = bar();
      if (extra <= 0 || at <= zone) return at;
      if (at >= reach - zone) return at + extra;
      return zone + ((at - zone) * (reach + extra - 2 * zone)) / (reach - 2 * zone);
    },
    [bar],
  );

  const toBar = useCallback(
    (top) => {
      const { reach, extra, zone } = bar();
      if (extra <= 0 || top <= zone) return top;
      if (top >= reach + extra - zone) return top - extra;
      return Math.round(zone + ((top - zone) * (reach - 2 * zone)) / (reach + extra - 2 * zone));
    },
    [bar],
  );

  /** Where the list is, in pixels of the whole list. */
  const top = useCallback(() => (scroller.current?.scrollTop ?? 0) + held.current.shift, [scroller]);

  const show = useCallback(
    (at, force) => {
      const { rows: all, pitch: step } = shape.current;
      const { shift } = held.current;
      const first = Math.max(0, Math.floor(at / step) - overscan);
      const last = Math.min(all - 1, Math.floor((at + (scroller.current?.clientHeight ?? 0)) / step) + overscan);
      setView((old) =>
        !force && old.first === first && old.last === last && old.shift === shift ? old : { first, last, shift },
      );
    },
    [scroller, overscan],
  );

  const look = useCallback(() => {
    if (goal.current !== null) return;
    const { box, extra } = bar();
    if (!box) return; // Another view has taken the list's place.
    const mine = held.current;
    const now = box.scrollTop;
    if (extra > 0 && Math.abs(now - mine.seen) > LEAP * box.clientHeight) mine.shift = Math.round(toList(now) - now);
    mine.shift = Math.min(mine.shift, Math.max(0, extra));
    mine.seen = now;
    show(now + mine.shift);
  }, [bar, toList, show]);

  /** Puts a place of the list at the top of the view. */
  const scrollTo = useCallback(
    (wanted) => {
      const { reach, extra } = bar();
      const place = Math.min(Math.max(0, wanted), reach + Math.max(0, extra));
      goal.current = toBar(place);
      held.current.shift = Math.round(place - goal.current);
      show(place, true);
    },
    [bar, toBar, show],
  );

  // Rows and bar move together, or one frame would show rows in the wrong place.
  useLayoutEffect(() => {
    if (goal.current === null || !scroller.current) return;
    scroller.current.scrollTop = goal.current;
    held.current.seen = scroller.current.scrollTop;
    goal.current = null;
  }, [scroller, view]);

  useEffect(() => {
    const box = scroller.current;
    let timer = 0;
    const settle = () => {
      const at = top();
      if (bar().extra > 0 && Math.abs(toBar(at) - box.scrollTop) > 1) scrollTo(at);
    };
    const moved = () => {
      look();
      clearTimeout(timer);
      timer = setTimeout(settle, REST);
    };
    const watch = new ResizeObserver(look);
    watch.observe(box);
    box.addEventListener("scroll", moved, { passive: true });
    return () => {
      clearTimeout(timer);
      watch.disconnect();
      box.removeEventListener("scroll", moved);
    };
  }, [scroller, bar, look, scrollTo, toBar, top]);

  useLayoutEffect(look, [look, rows, pitch, height]);

  return { ...view, height, top, scrollTo };
}
