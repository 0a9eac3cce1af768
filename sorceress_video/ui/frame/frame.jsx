import { useEffect, useRef } from "react";

const NARROW = "(max-width: 1023.98px)";

// Before the socket opens, which brings it to the server: days in a search are the person's.
if (typeof document !== "undefined") {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";
  document.cookie = `sorceress-zone=${zone}; path=/; max-age=31536000; samesite=lax`;
}

const SIDES = ["left", "right"];
const key = (side) => `sorceress.fold.${side}`;

function remembered(side) {
  try {
    return localStorage.getItem(key(side)) === "folded";
  } catch {
    return false; // Storage is denied in some embeds; panels then open unfolded.
  }
}

let tell = () => {}; // keeps it with the account

/** Folds or unfolds a side panel; kept with the account, and in this browser so that the next page opens so. */
export function fold(side, folded) {
  if (place(side, folded)) tell(side, folded);
}

function place(side, folded) {
  const root = document.documentElement.dataset;
  const before = root[`${side}Panel`] === "folded";
  root[`${side}Panel`] = folded ? "folded" : "open";
  try {
    localStorage.setItem(key(side), folded ? "folded" : "open");
  } catch {
    // Not remembered then.
  }
  return folded !== before;
}

/** Brings the panel that holds `element` into view: unfolds it, or opens it as a sheet on a small screen. */
export function reveal(element) {
  const panel = element?.closest("dialog.panel");
  if (!panel) return;
  if (matchMedia(NARROW).matches) {
    if (!panel.open) panel.showModal();
  } else if (panel.dataset.side) {
    fold(panel.dataset.side, false);
  }
}

/** Shows the element with `data-target=<name>` and puts the focus on it. */
export function goTo(name) {
  const target = document.querySelector(`[data-target="${name}"]`);
  if (!target) return;
  reveal(target);
  const control = target.matches("button,input,textarea,a,select")
    ? target
    : target.querySelector("button:not([disabled]),input:not([type=file]),textarea,a");
  (control || target).scrollIntoView({ block: "nearest" });
  (control || target).focus({ focusVisible: true });
}

/** The panels' part that the browser plays alone: folding, and sheets that become columns on wide screens. */
export function FrameBehaviour({ folded: kept, onFold }) {
  const touched = useRef(new Set());
  useEffect(() => {
    tell = (side, folded) => {
      touched.current.add(side);
      onFold(side, folded);
    };
  });
  useEffect(() => {
    SIDES.forEach((side) => place(side, remembered(side)));
    const narrow = matchMedia(NARROW);
    const suit = () => {
      document.querySelectorAll("dialog.panel").forEach((panel) => {
        if (!narrow.matches && panel.open) panel.close();
      });
    };
    const click = (event) => {
      const folds = event.target.closest?.("[data-folds]");
      if (!folds) return;
      const side = folds.dataset.folds;
      const folded = document.documentElement.dataset[`${side}Panel`] !== "folded";
      fold(side, folded);
      document.querySelector(`dialog.panel[data-side=${side}] [data-folds=${side}]:not([data-when=${folded ? "open" : "folded"}])`)?.focus();
    };
    // Where the keyboard on the screen does not make the page lower, sheets stand on top of it.
    const keyboard = () => {
      const { height, offsetTop, scale } = visualViewport;
      const covered = scale > 1 ? 0 : Math.max(0, Math.round(innerHeight - height - offsetTop));
      document.documentElement.style.setProperty("--keyboard", `${covered}px`);
    };
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    const calm = () => {
      if (still.matches) document.querySelectorAll("video").forEach((film) => film.pause());
    };
    suit();
    still.addEventListener("change", calm);
    globalThis.visualViewport?.addEventListener("resize", keyboard);
    narrow.addEventListener("change", suit);
    document.addEventListener("click", click);
    return () => {
      still.removeEventListener("change", calm);
      globalThis.visualViewport?.removeEventListener("resize", keyboard);
      narrow.removeEventListener("change", suit);
      document.removeEventListener("click", click);
    };
  }, []);
  useEffect(() => {
    // What the person did since the page opened is newer than what the server remembers.
    SIDES.filter((side) => side in kept && !touched.current.has(side)).forEach((side) => place(side, kept[side]));
  }, [kept]);
  return null;
}
