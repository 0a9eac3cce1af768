import { useEffect, useRef } from "react";

let go = null; // the mounted grid's way to a clip

/**
 * Brings a clip into view and the focus onto its card, however far away it stands; `otherwise` is the clip to go to
 * where the list as shown does not have it.
 */
export function goToClip(id, otherwise) {
  go?.(id, otherwise);
}

/** Makes a grid the one that `goToClip` speaks to. */
export function useGoTo(way) {
  const present = useRef(way);
  present.current = way;
  useEffect(() => {
    const mine = (...ids) => present.current(...ids);
    go = mine;
    return () => {
      if (go === mine) go = null;
    };
  }, []);
}
