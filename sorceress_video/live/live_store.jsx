import { useCallback, useEffect, useRef, useSyncExternalStore } from "react";

const READ_AGAIN = 15000; // ms between looks at the rows while something is being made
const KEPT = 500; // ticks of clips that are out of sight
const DOUBT_PAUSE = 2000; // ms: focus and visibility events come in bursts

const ticks = new Map(); // clip id -> { version, percent, phase, position }
const watchers = new Map(); // clip id -> Set of callbacks
let ahead = 0; // ms that the server's clock is ahead of this one

const secondWatchers = new Set();
let secondTimer = 0;

/** Merge what a message says; values are absolute, so a message that was lost does not matter. */
export function mergeTicks(tick) {
  for (const [id, version, percent, phase, position] of tick ?? []) {
    const known = ticks.get(id);
    if (known && known.version > version) continue;
    ticks.set(id, { version, percent, phase, position });
    watchers.get(id)?.forEach((wake) => wake());
  }
  if (ticks.size > KEPT) for (const id of ticks.keys()) if (!watchers.has(id)) ticks.delete(id);
}

function watch(id, wake) {
  const mine = watchers.get(id) ?? new Set();
  watchers.set(id, mine.add(wake));
  return () => {
    mine.delete(wake);
    if (mine.size === 0) watchers.delete(id);
  };
}

/** The last tick of a clip, or undefined where the row that the card shows is newer. */
export function useTick(id, version) {
  const subscribe = useCallback((wake) => watch(id, wake), [id]);
  const tick = useSyncExternalStore(
    subscribe,
    () => ticks.get(id),
    () => undefined,
  );
  return tick && tick.version >= version ? tick : undefined;
}

function watchSeconds(wake) {
  secondWatchers.add(wake);
  secondTimer ||= setInterval(() => secondWatchers.forEach((each) => each()), 1000);
  return () => {
    secondWatchers.delete(wake);
    if (secondWatchers.size > 0) return;
    clearInterval(secondTimer);
    secondTimer = 0;
  };
}

/** Seconds since a moment of the server's clock (Unix seconds), counted on while the component is there. */
export function useSecondsSince(moment) {
  const now = useSyncExternalStore(
    watchSeconds,
    () => Math.floor((Date.now() + ahead) / 1000),
    () => 0,
  );
  return moment > 0 && now > 0 ? Math.max(0, now - moment) : 0;
}

/**
 * Takes the ticks in, keeps the clocks in step, and asks for the rows again whenever something may have been
 * missed: the tab comes back, and every 15 s while clips are active.
 */
export function LiveFeed({ tick, active, serverNow, onDoubt }) {
  const ask = useRef(onDoubt);
  ask.current = onDoubt;
  useEffect(() => mergeTicks(tick), [tick]);
  useEffect(() => {
    if (serverNow > 0) ahead = serverNow * 1000 - Date.now();
  }, [serverNow]);
  useEffect(() => {
    let last = Date.now();
    const doubt = () => {
      if (document.visibilityState !== "visible" || Date.now() - last < DOUBT_PAUSE) return;
      last = Date.now();
      ask.current?.();
    };
    document.addEventListener("visibilitychange", doubt);
    window.addEventListener("focus", doubt);
    const timer = active ? setInterval(doubt, READ_AGAIN) : 0;
    return () => {
      document.removeEventListener("visibilitychange", doubt);
      window.removeEventListener("focus", doubt);
      clearInterval(timer);
    };
  }, [active]);
  return null;
}
