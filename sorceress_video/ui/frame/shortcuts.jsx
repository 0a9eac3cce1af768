import { useEffect } from "react";
import { onKeys } from "$/public/external/sorceress_video/ui/kit/keys/keys.jsx";
import { fold, goTo } from "$/public/external/sorceress_video/ui/frame/panel/frame.jsx";

const WIDE = "(min-width: 1024px)";
const PANELS = { left: "panel-models", right: "panel-prompt" };

function search() {
  const field = document.querySelector("[data-testid=search]");
  field?.focus();
  field?.select?.();
}

/** The grid's own place for the focus, else the gallery as a whole. */
function toGallery() {
  const stop = document.querySelector("[role=list] [data-tile][tabindex='0']");
  (stop ?? document.getElementById("gallery"))?.focus({ focusVisible: true });
}

/** Folds or unfolds a panel; where panels are sheets, opens it. */
function toggle(side, event) {
  if (event.repeat) return;
  if (!matchMedia(WIDE).matches) {
    document.getElementById(PANELS[side])?.showModal();
    return;
  }
  const panel = document.getElementById(PANELS[side]);
  const hadFocus = panel?.contains(document.activeElement);
  const folded = document.documentElement.dataset[`${side}Panel`] !== "folded";
  fold(side, folded);
  if (hadFocus && folded) panel.querySelector(`.panel-rail [data-folds=${side}]`)?.focus({ focusVisible: true });
}

/** A key of a card presses the card's own button, so that both do the same and neither is there without the other. */
const pressing =
  (...testids) =>
  (event, card) => {
    const button = testids.map((testid) => card.querySelector(`[data-testid="${testid}"]`)).find(Boolean);
    if (!button || button.disabled) return false;
    button.click();
    return true;
  };

const onTile = (act) => (event, card) => (event.target.matches("[data-tile]") ? act(event, card) : false);

const remove = pressing("card-delete", "card-remove", "card-dismiss");

/** The workspace's keys that belong to no single view. */
export function Shortcuts() {
  useEffect(() => {
    const forget = [
      onKeys(
        "page",
        {
          "/": search,
          "Mod+k": search,
          g: toGallery,
          p: () => goTo("prompt"),
          m: () => goTo("models"),
          "[": (event) => toggle("left", event),
          "]": (event) => toggle("right", event),
          "Mod+Enter": null,
          "?": null,
        },
        {
          "/": "Search",
          "Mod+k": "Search",
          g: "To the gallery",
          p: "To the prompt",
          m: "To the models",
          "[": "Fold the models",
          "]": "Fold the prompt",
          "Mod+Enter": "Generate, from the prompt",
          "?": "This list",
        },
      ),
      onKeys(
        "grid",
        {
          ArrowLeft: null,
          ArrowRight: null,
          ArrowUp: null,
          ArrowDown: null,
          Home: null,
          End: null,
          PageUp: null,
          PageDown: null,
          Enter: null,
          " ": onTile(pressing("card-play")),
          f: pressing("card-favorite"),
          r: pressing("card-reroll", "card-retry"),
          u: pressing("card-reuse"),
          d: pressing("card-download"),
          c: pressing("card-cancel"),
          Delete: onTile(remove),
          Backspace: onTile(remove),
        },
        {
          ArrowLeft: "Another clip",
          ArrowRight: "Another clip",
          ArrowUp: "Another clip",
          ArrowDown: "Another clip",
          Home: "First, last",
          End: "First, last",
          PageUp: "A screen up, down",
          PageDown: "A screen up, down",
          Enter: "Open",
          " ": "Play, stop",
          f: "Favorite",
          r: "Reroll; a failed one: retry",
          u: "Reuse prompt and settings",
          d: "Download",
          c: "Cancel one in the making",
          Delete: "Delete",
          Backspace: "Delete",
        },
      ),
    ];
    return () => forget.forEach((each) => each());
  }, []);
  return null;
}
