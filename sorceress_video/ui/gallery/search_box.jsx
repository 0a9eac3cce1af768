import { createElement as h, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { Search, X } from "lucide-react";

const PAUSE = 220; // ms of rest before a search is sent
const MOST = 8; // suggestions at a time

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const quoted = (value) => (/\s/.test(value) ? `"${value}"` : value);

/** The term that the caret stands in: where it begins, whether it is negated, its operator and its value. */
function termAt(text, caret) {
  const found = text.slice(0, caret).match(/(?<=^|\s)(-?)(?:([a-z]+):)?("[^"]*|[^\s"]*)$/i);
  if (!found) return null;
  const [, no, name, value] = found;
  return { from: found.index, no, name: name?.toLowerCase(), value: value.replace(/^"/, "") };
}

/** What could follow: operators while a term begins, values once its operator stands there. */
function suggestionsFor(term, operators) {
  if (!term) return [];
  if (term.name) {
    const operator = operators.find((each) => each.name === term.name);
    const wanted = plain(term.value);
    return (operator?.values ?? [])
      .filter((value) => plain(value).includes(wanted) && value !== term.value)
      .sort((one, other) => plain(other).startsWith(wanted) - plain(one).startsWith(wanted))
      .slice(0, MOST)
      .map((value) => ({ text: `${term.no}${term.name}:${quoted(value)} `, shown: value, about: "" }));
  }
  return operators
    .filter((each) => each.name.startsWith(term.value.toLowerCase()))
    .map((each) => ({ text: `${term.no}${each.name}:`, shown: `${term.no}${each.name}:`, about: each.about }));
}

/**
 * The search field. Sends what was typed after a short rest, and offers operators and their values while one types.
 * `operators`: `{name, about, values}` each.
 */
export function SearchBox({ value, found, operators, models, onSearch }) {
  const field = useRef(null);
  const timer = useRef(0);
  const list = useId();
  const [text, setText] = useState(value ?? "");
  const [caret, setCaret] = useState(0);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const sent = useRef([value ?? ""]); // what the server may still answer to, the oldest first
  const place = useRef(null); // where the caret goes with the next drawing
  useEffect(() => {
    const answered = sent.current.indexOf(value ?? "");
    // The server's own: another view, or the address. What is being typed at this moment stays, and is sent.
    if (answered < 0 && !timer.current) setText(value ?? "");
    sent.current = answered < 0 ? [value ?? ""] : sent.current.slice(answered);
  }, [value]);
  useLayoutEffect(() => {
    if (place.current === null) return;
    field.current.focus();
    field.current.setSelectionRange(place.current, place.current);
    place.current = null;
  });
  useEffect(() => {
    const early = field.current.value; // Typed before the page came alive.
    if (early !== text) send(early, PAUSE);
    return () => clearTimeout(timer.current);
  }, []);

  const known = operators.map((each) => (each.name === "model" ? { ...each, values: models } : each));
  const term = open ? termAt(text, caret) : null;
  const offers = suggestionsFor(term, known);
  const shown = open && offers.length > 0;
  const chosen = active >= 0 && active < offers.length ? active : -1;

  const send = (next, rest) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      timer.current = 0;
      sent.current = [...sent.current, next];
      onSearch?.(next);
    }, rest);
  };
  const look = () => setCaret(field.current.selectionStart ?? field.current.value.length);
  const accept = (offer) => {
    const next = `${text.slice(0, term.from)}${offer.text}${text.slice(caret).replace(/^\s+/, "")}`.slice(0, 200);
    place.current = Math.min(200, term.from + offer.text.length);
    setActive(-1);
    setCaret(place.current);
    setOpen(true);
    send(next, PAUSE);
  };
  const keys = (event) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && (shown || step > 0)) {
      event.preventDefault();
      setOpen(true);
      look();
      if (offers.length) setActive((chosen + step + offers.length + (chosen < 0 && step < 0 ? 1 : 0)) % offers.length);
    } else if (event.key === "Enter") {
      if (shown && chosen >= 0) accept(offers[chosen]);
      else {
        setOpen(false);
        send(text, 0);
        if (matchMedia("(pointer: coarse)").matches) field.current.blur(); // The keyboard makes room for what is found.
      }
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (shown) setOpen(false);
      else if (text) {
        setOpen(false);
        send("", 0);
      } else field.current.blur();
    }
  };
  return h(
    "div",
    { role: "search", className: "relative flex-1 min-w-0 lg:max-w-[340px] group/search" },
    h(Search, {
      size: 15,
      strokeWidth: 1.75,
      "aria-hidden": true,
      className: "absolute left-2.5 top-1/2 -translate-y-1/2 text-text-3 pointer-events-none",
    }),
    h("input", {
      ref: field,
      type: "text",
      role: "combobox",
      inputMode: "search",
      enterKeyHint: "search",
      value: text,
      maxLength: 200,
      placeholder: "Search",
      "aria-label": "Search clips",
      "aria-expanded": shown,
      "aria-controls": list,
      "aria-autocomplete": "list",
      "aria-activedescendant": shown && chosen >= 0 ? `${list}-${chosen}` : undefined,
      autoComplete: "off",
      autoCapitalize: "none",
      spellCheck: false,
      "data-testid": "search",
      onChange: (event) => {
        setOpen(true);
        setActive(-1);
        look();
        send(event.target.value, PAUSE);
      },
      onClick: () => {
        look();
        setOpen(true);
      },
      onKeyUp: look,
      onBlur: () => setOpen(false),
      onKeyDown: keys,
      className: `${text ? "pr-[72px]" : "pr-9 pointer-coarse:pr-3"} w-full h-8 pointer-coarse:h-11 pl-8 rounded-md bg-bg-0 border border-line-strong text-base pointer-coarse:text-lg text-text-1 placeholder:text-text-3 outline-none transition-[border-color,box-shadow] hover:border-text-3 focus-visible:border-accent focus-visible:ring-3 focus-visible:ring-accent-soft`,
    }),
    h(
      "ul",
      {
        id: list,
        role: "listbox",
        "aria-label": "Suggestions",
        hidden: !shown,
        "data-testid": "search-suggestions",
        onPointerDown: (event) => event.preventDefault(), // The focus stays in the field.
        className:
          "absolute z-40 top-full left-0 mt-1 min-w-full w-max max-w-[min(380px,calc(100vw-24px))] p-1 rounded-md border border-line bg-bg-1 shadow-lift max-h-[60dvh] overflow-y-auto kit-scroll",
      },
      shown &&
        offers.map((offer, index) =>
          h(
            "li",
            {
              key: offer.text,
              id: `${list}-${index}`,
              role: "option",
              "aria-selected": index === chosen,
              onClick: () => accept(offer),
              "data-testid": "search-suggestion",
              className: `px-2.5 py-1.5 pointer-coarse:py-3 pointer-coarse:min-h-11 rounded-sm cursor-pointer text-base text-text-1 ${index === chosen ? "bg-bg-3" : "hover:bg-bg-2"}`,
            },
            h("span", { className: "font-medium" }, offer.shown),
            offer.about && h("span", { className: "block text-sm text-text-3 text-pretty" }, offer.about),
          ),
        ),
    ),
    text
      ? [
          found !== "" &&
            h(
              "span",
              {
                key: "found",
                "aria-hidden": true,
                "data-testid": "search-found",
                className:
                  "absolute right-8 pointer-coarse:right-11 top-1/2 -translate-y-1/2 text-sm text-text-3 figure pointer-events-none",
              },
              found,
            ),
          h(
            "button",
            {
              key: "clear",
              type: "button",
              "aria-label": "Clear the search",
              "data-testid": "search-clear",
              onPointerDown: (event) => event.preventDefault(), // The focus stays in the field.
              onClick: () => {
                send("", 0);
                field.current.focus();
              },
              className:
                "absolute right-1 top-1/2 -translate-y-1/2 size-6 pointer-coarse:size-11 grid place-items-center rounded-xs text-text-3 hover:text-text-1 cursor-pointer outline-none focus-visible:ring-2 focus-visible:ring-accent",
            },
            h(X, { size: 14, strokeWidth: 1.75, "aria-hidden": true }),
          ),
        ]
      : h(
          "kbd",
          {
            "aria-hidden": true,
            className:
              "absolute right-2 top-1/2 -translate-y-1/2 hidden lg:grid pointer-coarse:hidden place-items-center size-5 rounded-xs border border-line-strong text-text-3 text-xs font-sans group-focus-within/search:hidden",
          },
          "/",
        ),
  );
}
