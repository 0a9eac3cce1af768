import { createElement as h, useEffect, useRef, useState } from "react";
import { CheckCheck, Columns2, Download, FolderPlus, FolderMinus, Heart, HeartOff, SquareDashedMousePointer, Trash2, X } from "lucide-react";
import { useKeys } from "$/public/external/sorceress_video/ui/kit/keys/keys.jsx";
import { askDelete } from "$/public/external/sorceress_video/ui/gallery/client/asking.jsx";
import { openCompare } from "$/public/external/sorceress_video/ui/compare/client/open.jsx";
import { openCollect } from "$/public/external/sorceress_video/ui/collections/client/collect.jsx";
import {
  begin,
  clear,
  counted,
  end,
  isSelecting,
  reach,
  selectedIds,
  sent,
  setLoaded,
  take,
  toggle,
  useSelection,
} from "$/public/external/sorceress_video/ui/gallery/client/selection.jsx";

const PRESS = 450; // ms under a finger until a selection begins
const SLIP = 10; // px that a finger may move meanwhile
const REFUSED = "Only finished clips can be selected.";
const COUNT_PAUSE = 150; // ms
const MOST_COMPARED = 4;

const FOCUS = "outline-none focus-visible:ring-2 focus-visible:ring-accent";
const clips = (count) => (count === 1 ? "1 clip" : `${count.toLocaleString()} clips`);
const cardAt = (event) => event.target.closest?.("[data-testid=grid] [data-clip-id]");
const isDone = (card) => card.dataset.status === "completed";

/** The toolbar's button: starts and ends the selection. */
export function SelectButton() {
  const { on } = useSelection();
  return h(
    "button",
    {
      type: "button",
      "aria-pressed": on,
      "data-tip": on ? "Stop selecting" : "Select clips",
      "data-testid": "select",
      onClick: () => (on ? end() : begin()),
      className: `inline-flex items-center justify-center gap-1.5 shrink-0 h-8 @2xl/bar:px-2.5 max-lg:px-0 w-8 @2xl/bar:w-auto max-lg:w-8 pointer-coarse:h-11 pointer-coarse:min-w-11 rounded-md max-lg:rounded-full border border-line-strong text-base font-medium text-text-2 cursor-pointer transition-colors hover:bg-bg-3 hover:text-text-1 aria-pressed:bg-accent-soft aria-pressed:border-accent aria-pressed:text-accent ${FOCUS}`,
    },
    h(SquareDashedMousePointer, { size: 15, strokeWidth: 1.75, "aria-hidden": true }),
    h("span", { className: "sr-only @2xl/bar:not-sr-only" }, on ? "Stop" : "Select"),
    on && h("span", { className: "sr-only" }, " selecting"),
  );
}

/** Clicks, fingers and keys on cards while a selection is made, and what begins one. */
function useGestures(refuse) {
  useEffect(() => {
    let timer = 0;
    let start = null;
    let swallow = -Infinity; // when a long press was let go: the click that follows is not meant

    const choose = (card, shift) => {
      if (!isDone(card)) return refuse();
      if (shift) reach(card.dataset.clipId);
      else toggle(card.dataset.clipId);
    };
    const click = (event) => {
      const card = cardAt(event);
      if (!card) return;
      if (event.timeStamp - swallow < 700) {
        swallow = -Infinity;
        event.preventDefault();
        event.stopPropagation();
        return;
      }
      const modified = event.shiftKey || event.ctrlKey || event.metaKey;
      if (!isSelecting() && !(modified && isDone(card) && event.target.matches("[data-tile]"))) return;
      event.preventDefault();
      event.stopPropagation();
      if (!isSelecting()) begin();
      choose(card, event.shiftKey);
    };
    const down = (event) => {
      const card = cardAt(event);
      if (event.pointerType !== "touch" || !card || isSelecting()) return;
      start = event;
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (!isDone(card)) return;
        swallow = performance.now();
        navigator.vibrate?.(10);
        begin(card.dataset.clipId);
      }, PRESS);
    };
    const move = (event) => {
      if (start && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > SLIP) stop();
    };
    const stop = () => {
      clearTimeout(timer);
      if (swallow > 0) swallow = performance.now();
      start = null;
    };
    const menu = (event) => {
      if (start && cardAt(event)) event.preventDefault(); // The browser's own long press.
    };
    const options = { capture: true };
    const heard = { click, pointerdown: down, pointermove: move, pointerup: stop, pointercancel: stop, contextmenu: menu };
    for (const [name, hear] of Object.entries(heard)) document.addEventListener(name, hear, options);
    return () => {
      clearTimeout(timer);
      for (const [name, hear] of Object.entries(heard)) document.removeEventListener(name, hear, options);
    };
  }, [refuse]);
}

function Deed({ icon, label, short, onClick, disabled, bad, ...rest }) {
  return h(
    "button",
    {
      ...rest,
      type: "button",
      disabled,
      onClick,
      "aria-label": label,
      "data-tip": label,
      className: `inline-flex items-center justify-center gap-1.5 h-8 pointer-coarse:h-11 pointer-coarse:min-w-11 px-2.5 rounded-sm text-base font-medium whitespace-nowrap cursor-pointer transition-colors ${bad ? "text-bad hover:bg-bad-soft" : "text-text-1 hover:bg-bg-3"} disabled:opacity-40 disabled:pointer-events-none ${FOCUS}`,
    },
    h(icon, { size: 16, strokeWidth: 1.75, "aria-hidden": true }),
    short && h("span", { className: "hidden @2xl:inline", "aria-hidden": true }, short),
  );
}

/**
 * What can be done with the selection; there while the mode is on. `cards` is the gallery's window, `list` names what
 * it is a window of: another list begins with nothing selected.
 */
export function SelectionBar({
  cards,
  list,
  favorites,
  collection,
  everything,
  answer,
  archive,
  onCount,
  onAll,
  onDownload,
  onFavorite,
  onTakeOut,
  onRemove,
}) {
  const selection = useSelection();
  const { on, count, serial } = selection;
  const [words, setWords] = useState("");
  const refuse = useRef(() => {
    setWords("");
    requestAnimationFrame(() => setWords(REFUSED));
  }).current;
  useGestures(refuse);

  useEffect(() => setLoaded(cards ?? []), [cards]);
  useEffect(() => clear(), [list]);
  useEffect(() => {
    document.documentElement.toggleAttribute("data-selecting", on);
    if (!on) setWords("");
    return () => document.documentElement.removeAttribute("data-selecting");
  }, [on]);
  useEffect(() => {
    const timer = words && setTimeout(() => setWords(""), 4000);
    return () => clearTimeout(timer);
  }, [words]);

  // How many that are, only the server knows: of stretches at once, of single clips when cards have changed.
  const stretched = selection.stretches.length > 0;
  const some = selection.picked.size > 0 || stretched;
  const known = useRef(cards);
  useEffect(() => {
    if (!on || !some || (!stretched && known.current === cards)) {
      known.current = cards;
      return;
    }
    known.current = cards;
    const timer = setTimeout(() => onCount?.(serial, sent(selection)), COUNT_PAUSE);
    return () => clearTimeout(timer);
  }, [on, serial, cards]);
  useEffect(() => counted(answer), [answer?.serial, answer?.count]);

  const asked = useRef(0);
  useEffect(() => {
    if (asked.current && everything?.serial === asked.current) take(everything);
  }, [everything]);
  const all = () => {
    asked.current = Date.now();
    onAll?.(asked.current);
  };

  const fetching = useRef(false);
  useEffect(() => {
    if (!fetching.current || !archive) return;
    fetching.current = false;
    const link = Object.assign(document.createElement("a"), { href: archive, download: "" });
    document.body.append(link);
    link.click();
    link.remove();
  }, [archive]);

  const download = () => {
    fetching.current = true;
    onDownload?.(sent(selection));
  };
  const remove = (event) =>
    askDelete({
      opener: event?.currentTarget,
      count,
      onConfirm: () => {
        onRemove?.(sent(selection));
        end();
      },
    });
  const mark = () => {
    onFavorite?.(sent(selection), !favorites);
    end();
  };
  const add = () => openCollect(sent(selection), { count, onDone: end });
  const takeOut = () => {
    onTakeOut?.(sent(selection));
    end();
  };

  const focused = (event, card) => event.target.matches("[data-tile]") && (isDone(card) ? toggle(card.dataset.clipId) : refuse());
  useKeys("page", on ? { "Mod+a": all, Escape: end, Delete: () => (count ? void remove() : false) } : { "Mod+a": null }, {
    "Mod+a": "Select all, while selecting",
  });
  useKeys(
    "grid",
    on
      ? { " ": focused, x: focused, Delete: () => void (count && remove()), Backspace: () => void (count && remove()), f: () => {}, r: () => {}, u: () => {}, d: () => {} }
      : { x: (event, card) => (isDone(card) ? begin(card.dataset.clipId) : false) },
    { x: "Select" },
  );

  if (!on) return null;
  const none = count === 0;
  return h(
    "div",
    {
      className:
        "absolute z-30 inset-x-0 bottom-0 px-3 pb-[calc(12px+var(--dock)+env(safe-area-inset-bottom))] pointer-events-none flex flex-col items-center gap-2",
    },
    h(
      "p",
      {
        role: "status",
        "data-testid": "selection-words",
        className: words
          ? "px-3 py-1.5 rounded-full bg-bg-3 border border-line-strong text-sm text-text-1 shadow-lift"
          : "sr-only",
      },
      words || `${clips(count)} selected`,
    ),
    h(
      "div",
      {
        role: "toolbar",
        "aria-label": "Selected clips",
        "data-testid": "selection-bar",
        className:
          "@container pointer-events-auto w-full max-w-[860px] rounded-lg border border-line-strong bg-bg-2 shadow-lift",
      },
      h(
        "div",
        { className: "flex flex-wrap items-center gap-x-1 p-1.5" },
        h(Deed, { icon: X, label: "Stop selecting", onClick: end, "data-testid": "selection-close" }),
        h(
          "span",
          { "data-testid": "selection-count", className: "px-1 text-base font-semibold figure text-text-1 whitespace-nowrap" },
          `${count.toLocaleString()} selected`,
        ),
        h(
          "button",
          {
            type: "button",
            onClick: all,
            "data-testid": "select-all",
            className: `inline-flex items-center gap-1.5 h-8 pointer-coarse:h-11 px-2.5 rounded-sm text-base font-medium text-accent whitespace-nowrap cursor-pointer hover:bg-bg-3 ${FOCUS}`,
          },
          h(CheckCheck, { size: 16, strokeWidth: 1.75, "aria-hidden": true }),
          "Select All",
        ),
        h(
          "div",
          { className: "ml-auto max-sm:w-full flex items-center justify-end max-sm:justify-between gap-0.5" },
          h(Deed, {
            icon: Columns2,
            label: count > MOST_COMPARED ? `Compare up to ${MOST_COMPARED} clips` : "Compare",
            onClick: () => openCompare(selectedIds()),
            disabled: count < 2 || count > MOST_COMPARED,
            "data-testid": "selection-compare",
          }),
          h(Deed, { icon: Download, label: "Download ZIP", short: "ZIP", onClick: download, disabled: none, "data-testid": "selection-zip" }),
          h(Deed, { icon: FolderPlus, label: "Add to collection", onClick: add, disabled: none, "data-testid": "selection-collect" }),
          collection &&
            h(Deed, { icon: FolderMinus, label: `Take out of “${collection}”`, onClick: takeOut, disabled: none, "data-testid": "selection-take-out" }),
          h(Deed, {
            icon: favorites ? HeartOff : Heart,
            label: favorites ? "Remove from Favorites" : "Favorite",
            onClick: mark,
            disabled: none,
            "data-testid": "selection-favorite",
          }),
          h(Deed, { icon: Trash2, label: "Delete", bad: true, onClick: remove, disabled: none, "data-testid": "selection-delete" }),
        ),
      ),
    ),
  );
}
