import { createElement as h, useEffect, useRef, useSyncExternalStore } from "react";

const KEPT = "sorceress.single-keys";
export const SHEET = "key-sheet";

const SCOPES = [
  ["page", "Everywhere"],
  ["grid", "On a clip"],
  ["lightbox", "In the lightbox"],
  ["compare", "Comparing clips"],
];

const WORDS = {
  Mod: () => (isApple() ? ["⌘", "Command"] : ["Ctrl", "Control"]),
  Shift: () => (isApple() ? ["⇧", "Shift"] : ["Shift", "Shift"]),
  " ": () => ["Space", "Space"],
  ArrowLeft: () => ["←", "Left arrow"],
  ArrowRight: () => ["→", "Right arrow"],
  ArrowUp: () => ["↑", "Up arrow"],
  ArrowDown: () => ["↓", "Down arrow"],
  PageUp: () => ["Page ↑", "Page up"],
  PageDown: () => ["Page ↓", "Page down"],
  Delete: () => ["Del", "Delete"],
  Backspace: () => ["⌫", "Backspace"],
  Escape: () => ["Esc", "Escape"],
  "/": () => ["/", "Slash"],
  "?": () => ["?", "Question mark"],
  "[": () => ["[", "Left bracket"],
  "]": () => ["]", "Right bracket"],
  ",": () => [",", "Comma"],
  ".": () => [".", "Full stop"],
};

const TYPING =
  "textarea,select,[contenteditable]:not([contenteditable=false]),input:not([type=range],[type=checkbox],[type=radio],[type=button],[type=submit],[type=file])";

let registered = []; // {scope, combo, label, handler}; the last one of a combo wins
const watchers = new Set();
const isApple = () => /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");
const wake = () => watchers.forEach((each) => each());
const subscribe = (each) => {
  watchers.add(each);
  return () => watchers.delete(each);
};

/**
 * Gives keys a meaning; returns what takes it back.
 *
 * `scope`: "page" (no dialog is open), "grid" (the focus is on a clip's card), or the `data-keys` of the modal
 * dialog that is open ("lightbox", "compare"). `keys`: by combination ("f", "Mod+k", "Shift+ArrowLeft", " "), what
 * happens; called with the event and, in the grid, the card. One that returns false leaves the key to others; null
 * only lists a key that is handled elsewhere. `labels`: by combination, the words in the sheet; combinations of one
 * label share its line, and those without a label are not listed.
 */
export function onKeys(scope, keys, labels = {}) {
  const mine = Object.entries(keys).map(([combo, handler]) => ({ scope, combo, label: labels[combo], handler }));
  registered = [...registered, ...mine];
  wake();
  return () => {
    registered = registered.filter((key) => !mine.includes(key));
    wake();
  };
}

/** `onKeys` for as long as the component stands; handlers are those of its last rendering. */
export function useKeys(scope, keys, labels = {}) {
  const present = useRef(keys);
  present.current = keys;
  const combos = Object.keys(keys).join("\n");
  useEffect(() => {
    const bound = combos.split("\n").map((combo) => {
      const call = (...given) => present.current[combo]?.(...given);
      return [combo, present.current[combo] ? call : null];
    });
    return onKeys(scope, Object.fromEntries(bound), labels);
  }, [scope, combos]);
}

let single; // whether characters alone may do something: a person who speaks to the computer switches them off

function singleKeys() {
  try {
    single ??= localStorage.getItem(KEPT) !== "off";
  } catch {
    single ??= true; // Storage is denied in some embeds.
  }
  return single;
}

/** Switches keys without a modifier on or off; kept in this browser. */
export function allowSingleKeys(allowed) {
  single = allowed;
  try {
    localStorage.setItem(KEPT, allowed ? "on" : "off");
  } catch {
    // Not remembered then.
  }
  wake();
}

/** “Mod+k”, “Shift+ArrowLeft”, “f”; "" where a modifier is pressed that no combination has. */
function comboOf(event) {
  // On many keyboards “[” needs AltGr, which browsers report as Ctrl and Alt.
  const composed = event.getModifierState?.("AltGraph");
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (!composed && event.altKey) return "";
  const mod = !composed && (isApple() ? event.metaKey : event.ctrlKey);
  if (!composed && !mod && (event.ctrlKey || event.metaKey)) return "";
  const letter = key !== key.toUpperCase();
  const shift = event.shiftKey && (letter || key.length > 1 || key === " ");
  return `${mod ? "Mod+" : ""}${shift ? "Shift+" : ""}${key}`;
}

const isCharacter = (combo) => combo.length === 1 && combo !== " ";
const isLetter = (combo) => combo.length === 1 && combo.toLowerCase() !== combo.toUpperCase();

/** The scopes that a key press is for, the nearest first. */
function scopesAt(target) {
  const dialog = target.closest?.("dialog:modal") ?? [...document.querySelectorAll("dialog:modal")].pop();
  if (dialog) return [dialog.dataset.keys ?? ""];
  return target.closest?.("[data-clip-id]") ? ["grid", "page"] : ["page"];
}

function press(event) {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
  const combo = comboOf(event);
  if (!combo || (event.repeat && isLetter(combo))) return;
  if (!combo.startsWith("Mod+") && event.target.matches?.(TYPING)) return;
  if (isCharacter(combo) && !singleKeys()) return;
  for (const scope of [...scopesAt(event.target), "any"]) {
    const key = registered.findLast((each) => each.scope === scope && each.combo === combo && each.handler);
    if (!key || key.handler(event, event.target.closest?.("[data-clip-id]")) === false) continue;
    event.preventDefault();
    return;
  }
}

/** A pressed space bar clicks a button when it is let go, unless both halves are stopped. */
function release(event) {
  if (event.key === " " && event.target.matches?.("[data-clip-id] [data-tile]")) event.preventDefault();
}

function Key({ combo }) {
  return h(
    "span",
    { className: "inline-flex gap-1" },
    combo.split(/(?<=.)\+/).map((part) => {
      const [shown, said] = WORDS[part]?.() ?? [part.length === 1 ? part.toUpperCase() : part];
      return h(
        "kbd",
        { key: part, className: "kit-key" },
        said && said !== shown ? [h("span", { key: 1, "aria-hidden": true }, shown), h("span", { key: 2, className: "sr-only" }, said)] : shown,
      );
    }),
  );
}

function Lines({ keys }) {
  const lines = new Map();
  for (const { combo, label } of keys) if (label) lines.set(label, [...new Set([...(lines.get(label) ?? []), combo])]);
  return [...lines].map(([label, combos]) =>
    h(
      "div",
      { key: label, className: "flex items-center justify-between gap-4 min-h-8 py-1" },
      h("dt", { className: "text-base text-text-2 text-pretty" }, label),
      h(
        "dd",
        { className: "flex flex-wrap justify-end gap-2 shrink-0" },
        combos.map((combo) => h(Key, { key: combo, combo })),
      ),
    ),
  );
}

/** What the keys do, by scope; also hears every key of the page. Stands once on a page. */
export function KeyList() {
  const keys = useSyncExternalStore(
    subscribe,
    () => registered,
    () => registered,
  );
  const allowed = useSyncExternalStore(subscribe, singleKeys, () => true);
  useEffect(() => {
    const forget = onKeys("any", { "?": () => document.getElementById(SHEET)?.showModal() });
    document.addEventListener("keydown", press);
    document.addEventListener("keyup", release);
    return () => {
      forget();
      document.removeEventListener("keydown", press);
      document.removeEventListener("keyup", release);
    };
  }, []);
  return [
    ...SCOPES.filter(([scope]) => keys.some((key) => key.scope === scope && key.label)).map(([scope, title]) =>
      h(
        "section",
        { key: scope, className: "mb-4", "aria-label": title },
        h("h3", { className: "mb-1 text-sm font-semibold text-text-3" }, title),
        h(
          "dl",
          { className: "divide-y divide-line" },
          h(Lines, { keys: keys.filter((key) => key.scope === scope) }),
        ),
      ),
    ),
    h(
      "div",
      { key: "single", className: "flex items-center justify-between gap-4 pt-3 border-t border-line" },
      h(
        "span",
        { className: "min-w-0" },
        h("span", { id: "single-keys", className: "block text-base font-medium text-text-1" }, "Shortcuts of one key"),
        h("span", { className: "block text-sm text-text-3 text-pretty" }, "Switch them off if you speak to your computer. Kept in this browser."),
      ),
      h(
        "button",
        {
          type: "button",
          role: "switch",
          "aria-checked": allowed,
          "aria-labelledby": "single-keys",
          "data-testid": "single-keys",
          className: "kit-switch outline-none focus-visible:ring-2 focus-visible:ring-accent",
          onClick: () => allowSingleKeys(!allowed),
        },
        h("span", { className: "kit-switch-knob" }),
      ),
    ),
  ];
}
