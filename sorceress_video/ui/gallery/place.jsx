import { useEffect, useRef } from "react";

let go = null; // the mounted grid's way to a clip

/** Brings a clip into view and the focus onto its card, however far away it stands. */
export function goToClip(id) {
  go?.(id);
}

/** Makes a grid the one that `goToClip` speaks to. */
export function useGoTo(way) {
  const present = useRef(way);
  present.current = way;
  useEffect(() => {
    const mine = (id) => present.current(id);
    go = mine;
    return () => {
      if (go === mine) go = null;
    };
  }, []);
}
