import { createElement as h, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { openLightbox } from "$/public/external/sorceress_video/ui/lightbox/client/stage.jsx";

const WANTED = "sorceress.notify";
const TOLD = "sorceress.told";
const KEPT = 60; // endings that a tab remembers having heard of
const LONG = 30; // seconds after which a clip counts as long
const GATHER = 1200; // ms in which endings become one notification
const ICON = "/favicon.svg";
const COMPLETED = "completed";

const watchers = new Set();
const wake = () => watchers.forEach((each) => each());
const subscribe = (each) => {
  watchers.add(each);
  return () => watchers.delete(each);
};

function stored(storage, key) {
  try {
    return storage().getItem(key);
  } catch {
    return null; // Storage is denied in some embeds.
  }
}
function store(storage, key, value) {
  try {
    storage().setItem(key, value);
  } catch {
    // Not remembered then.
  }
}
const browser = () => localStorage;
const tab = () => sessionStorage;

/** “impossible”, “undecided”, “refused”, “off” or “on”. Permission is the browser's, so the wish is kept there too. */
function consent() {
  if (!globalThis.Notification || !isSecureContext) return "impossible";
  if (Notification.permission === "denied") return "refused";
  if (Notification.permission !== "granted") return "undecided";
  return stored(browser, WANTED) === "off" ? "off" : "on";
}

const WORDS = {
  impossible: "This browser gives no notifications for this address.",
  refused: "Your browser blocks notifications of this page. Its site settings can allow them.",
};

/** The switch for notifications; the browser's question comes only from a click on it. */
export function NotifySwitch() {
  const state = useSyncExternalStore(subscribe, consent, () => "undecided");
  if (WORDS[state]) return h("p", { className: "flex-1 text-sm text-text-3 text-pretty", "data-testid": "notify-words" }, WORDS[state]);
  const change = async () => {
    if (state === "undecided") {
      await Notification.requestPermission();
      store(browser, WANTED, "on");
    } else {
      store(browser, WANTED, state === "on" ? "off" : "on");
    }
    wake();
  };
  return h(
    "label",
    { className: "flex flex-1 items-center gap-2.5 text-base text-text-2 cursor-pointer pointer-coarse:min-h-11" },
    h(
      "button",
      {
        type: "button",
        role: "switch",
        "aria-checked": state === "on",
        onClick: change,
        "data-testid": "notify",
        className: "kit-switch outline-none focus-visible:ring-2 focus-visible:ring-accent",
      },
      h("span", { className: "kit-switch-knob" }),
    ),
    "Notify me when a long one ends",
  );
}

/** Whether this tab is the one that speaks for all of this browser: who holds the lock, until it is closed. */
function useSpeaker() {
  const speaks = useRef(false);
  useEffect(() => {
    if (!navigator.locks) {
      speaks.current = true;
      return undefined;
    }
    const leaving = new AbortController();
    navigator.locks
      .request("sorceress-notify", { signal: leaving.signal }, () => {
        speaks.current = true;
        return new Promise((done) => leaving.signal.addEventListener("abort", done));
      })
      .catch(() => {}); // The page went before its turn came.
    return () => leaving.abort();
  }, []);
  return speaks;
}

const counted = (count, one, many) => (count === 1 ? one : `${count} ${many}`);

function summary(endings) {
  const kinds = Object.groupBy(endings, ({ card }) => card.status);
  const title = [
    kinds.completed && counted(kinds.completed.length, "A clip is ready", "clips are ready"),
    kinds.failed && counted(kinds.failed.length, "A clip failed", "clips failed"),
    kinds.ambiguous && counted(kinds.ambiguous.length, "A clip needs your decision", "clips need your decision"),
  ].filter(Boolean);
  const lines = endings.slice(0, 3).map(({ card }) => `${card.model}: ${card.status === COMPLETED ? card.prompt || "no prompt" : card.text}`);
  if (endings.length > lines.length) lines.push(`and ${endings.length - lines.length} more`);
  return [title.join(" · "), lines.join("\n")];
}

/**
 * The page's title with the number of clips in the making, and the notifications. `endings` are the last few that
 * the server told of; each counts once in this tab, over a reload too.
 */
export function QueueNews({ making, endings, onOpen, onSeek }) {
  const speaks = useSpeaker();
  const heard = useRef(null);
  const gathered = useRef([]);
  const timer = useRef(0);
  const [title] = useState(() => globalThis.document?.title.replace(/^\(\d+\) /, "") ?? "");

  useEffect(() => {
    document.title = making > 0 ? `(${making}) ${title}` : title;
  }, [making, title]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      document.title = document.title.replace(/^\(\d+\) /, "");
    },
    [],
  );

  const show = (ending) => {
    window.focus();
    const { card } = ending;
    document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
    if (card.status === COMPLETED) openLightbox(card, onOpen);
    else onSeek(card.id);
  };
  const tell = () => {
    const endings = gathered.current;
    gathered.current = [];
    const [words, body] = summary(endings);
    const note = new Notification(words, { body, icon: ICON, tag: endings[0].key });
    note.onclick = () => {
      note.close();
      show(endings.find(({ card }) => card.status === COMPLETED) ?? endings[0]);
    };
  };

  useEffect(() => {
    heard.current ??= JSON.parse(stored(tab, TOLD) ?? "[]");
    const fresh = endings.filter(({ key }) => !heard.current.includes(key));
    if (fresh.length === 0) return;
    heard.current = [...heard.current, ...fresh.map(({ key }) => key)].slice(-KEPT);
    store(tab, TOLD, JSON.stringify(heard.current));
    const wanted = fresh.filter(({ seconds }) => seconds >= LONG || document.hidden);
    if (wanted.length === 0 || !speaks.current || consent() !== "on") return;
    gathered.current.push(...wanted);
    clearTimeout(timer.current);
    timer.current = setTimeout(tell, GATHER);
  }, [endings]);
  return null;
}
