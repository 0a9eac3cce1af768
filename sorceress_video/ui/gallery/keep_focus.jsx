import { useEffect, useRef } from "react";

const isLost = () => !document.activeElement || document.activeElement === document.body;

/**
 * Keeps the focus in the grid. A card that changes its state or goes away takes the focused element with it: the
 * focus then goes to the same clip, else to the one in its place. While that place is scrolled out of view, the
 * list itself holds it.
 */
export function useKeepFocus(list, total) {
  const held = useRef(null); // {index, id} of the tile that has the focus

  useEffect(() => {
    const box = list.current;
    const come = ({ target }) => {
      const cell = target.closest?.("[data-index]");
      if (cell) held.current = { index: Number(cell.dataset.index), id: cell.querySelector("[data-clip-id]")?.dataset.clipId };
    };
    const leave = ({ target }) =>
      requestAnimationFrame(() => {
        // An element that is still there was left on purpose.
        if (target.isConnected && !box.contains(document.activeElement)) held.current = null;
      });
    box.addEventListener("focusin", come);
    box.addEventListener("focusout", leave);
    return () => {
      box.removeEventListener("focusin", come);
      box.removeEventListener("focusout", leave);
      if (held.current) requestAnimationFrame(() => isLost() && document.getElementById("gallery")?.focus());
    };
  }, [list]);

  useEffect(() => {
    const box = list.current;
    const place = held.current;
    if (!place || !(isLost() || document.activeElement === box)) return;
    const tile =
      (place.id && box.querySelector(`[data-clip-id="${CSS.escape(place.id)}"] [data-tile]`)) ||
      box.querySelector(`[data-index="${Math.min(place.index, total - 1)}"] [data-tile]`);
    (tile ?? box).focus({ preventScroll: true });
  });
}
