import { createElement as h, useId, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { Search, SearchX, SlidersHorizontal } from "lucide-react";

const FEW = 8; // so many models are seen at a glance
const ALL = { query: "", kind: "", vendor: "", price: "", audio: false };
const PRICES = [
  ["0", "Free"],
  ["0.5", "Up to $0.50"],
  ["1", "Up to $1"],
  ["2", "Up to $2"],
];

/* Which cards are to be seen: null for all. Filtering asks no server, and no card is drawn anew for it. */
let shown = null;
const watchers = new Set();
const subscribe = (watcher) => {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
};

function show(ids) {
  shown = ids;
  watchers.forEach((watcher) => watcher());
}

const plain = (text) =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase();

const haystack = (card) => plain([card.name, card.vendor, ...card.kinds, ...card.badges.map((badge) => badge.label)].join(" "));

function fits(card, usd, filter) {
  const words = plain(filter.query).split(/\s+/).filter(Boolean);
  const text = haystack(card);
  return (
    words.every((word) => text.includes(word)) &&
    (!filter.kind || card.kinds.includes(filter.kind)) &&
    (!filter.vendor || card.vendor === filter.vendor) &&
    (!filter.audio || card.has_audio) &&
    (!filter.price || (usd >= 0 && usd <= Number(filter.price)))
  );
}

const distinct = (values) => [...new Set(values)];

function Choice({ label, value, any, options, onChoose, testid }) {
  return h(
    "select",
    {
      className: "filter-choice",
      "aria-label": label,
      "data-set": value ? true : undefined,
      "data-testid": testid,
      value,
      onChange: (event) => onChoose(event.target.value),
    },
    h("option", { value: "" }, any),
    options.map(([key, words]) => h("option", { key, value: key }, words)),
  );
}

/** Search and filters above the cards, once there are more than eight of them. */
export function ModelFilter({ cards, lines }) {
  const [filter, setFilter] = useState(ALL);
  const [open, setOpen] = useState(false);
  const search = useRef(null);
  const id = useId();
  const many = cards.length > FEW;
  const hits = useMemo(
    () => new Set(cards.filter((card) => fits(card, lines[card.id]?.usd ?? -1, filter)).map((card) => card.id)),
    [cards, lines, filter],
  );
  const filtered = many && hits.size < cards.length;
  useLayoutEffect(() => show(filtered ? hits : null), [filtered, hits]);
  useLayoutEffect(() => () => show(null), []);
  const change = (part) => setFilter({ ...filter, ...part });
  const clear = () => {
    setFilter(ALL);
    search.current?.focus();
  };
  if (!many) return null;
  const active = [filter.kind, filter.vendor, filter.price, filter.audio].filter(Boolean).length;
  const kinds = distinct(cards.flatMap((card) => card.kinds));
  const vendors = distinct(cards.map((card) => card.vendor)).sort((one, other) => one.localeCompare(other));
  return h(
    "div",
    { className: "model-filter", role: "search", "aria-label": "Models" },
    h(
      "div",
      { className: "flex gap-1.5" },
      h(
        "span",
        { className: "relative flex-1 min-w-0" },
        h(Search, { size: 14, "aria-hidden": true, className: "filter-mark" }),
        h("input", {
          ref: search,
          type: "search",
          className: "filter-search",
          placeholder: "Find a model",
          "aria-label": "Find a model",
          "data-testid": "model-search",
          value: filter.query,
          maxLength: 80,
          onChange: (event) => change({ query: event.target.value }),
          onKeyDown: (event) => {
            if (event.key !== "Escape" || !filter.query) return;
            event.preventDefault(); // The first Escape empties the field, the next one closes the sheet.
            change({ query: "" });
          },
        }),
      ),
      h(
        "button",
        {
          type: "button",
          className: "filter-toggle",
          "aria-expanded": open,
          "aria-controls": id,
          "aria-label": active ? `Filters, ${active} set` : "Filters",
          "data-tip": "Filters",
          "data-testid": "model-filters",
          onClick: () => setOpen(!open),
        },
        h(SlidersHorizontal, { size: 15, strokeWidth: 1.75, "aria-hidden": true }),
        active > 0 && h("span", { className: "filter-count", "aria-hidden": true }, active),
      ),
    ),
    h(
      "div",
      { id, hidden: !open, className: "grid grid-cols-2 gap-1.5" },
      h(Choice, {
        label: "Kind",
        any: "Any kind",
        value: filter.kind,
        options: kinds.map((kind) => [kind, kind]),
        onChoose: (kind) => change({ kind }),
        testid: "filter-kind",
      }),
      h(Choice, {
        label: "Vendor",
        any: "Any vendor",
        value: filter.vendor,
        options: vendors.map((vendor) => [vendor, vendor]),
        onChoose: (vendor) => change({ vendor }),
        testid: "filter-vendor",
      }),
      h(Choice, {
        label: "Price of one clip",
        any: "Any price",
        value: filter.price,
        options: PRICES,
        onChoose: (price) => change({ price }),
        testid: "filter-price",
      }),
      h(
        "button",
        {
          type: "button",
          className: "filter-choice filter-switch",
          "aria-pressed": filter.audio,
          "data-testid": "filter-audio",
          onClick: () => change({ audio: !filter.audio }),
        },
        "Has audio",
      ),
    ),
    h(
      "p",
      { role: "status", className: "filter-hits", "data-testid": "model-hits" },
      filtered && hits.size > 0 ? `${hits.size} of ${cards.length} models` : "",
      filtered &&
        hits.size > 0 &&
        h("button", { type: "button", className: "filter-clear", "data-testid": "filters-clear", onClick: clear }, "Clear filters"),
    ),
    hits.size === 0 &&
      h(
        "div",
        { className: "filter-none", "data-testid": "no-models" },
        h(SearchX, { size: 20, strokeWidth: 1.75, "aria-hidden": true }),
        h("p", { role: "status", className: "text-base text-text-2 text-pretty" }, "No model fits what you look for."),
        h("button", { type: "button", className: "filter-clear", "data-testid": "filters-clear", onClick: clear }, "Clear filters"),
      ),
  );
}

/** A card's place: out of sight while the filters leave it out. */
export function FilteredCard({ card, children }) {
  const seen = useSyncExternalStore(
    subscribe,
    () => shown === null || shown.has(card),
    () => true,
  );
  return h("div", { className: "shrink-0", hidden: !seen }, children);
}
