import { createElement as h, useEffect, useId, useRef, useState } from "react";
import { Check, Folder, Plus, Search } from "lucide-react";
import { closeOnBackdrop, dragToClose } from "$/public/external/sorceress_video/ui/kit/overlay/overlay.jsx";

const FOCUS = "outline-none focus-visible:ring-2 focus-visible:ring-accent";
const INPUT =
  "w-full h-9 pointer-coarse:h-11 px-2.5 rounded-md bg-bg-0 border border-line-strong text-base pointer-coarse:text-lg text-text-1 placeholder:text-text-3 outline-none hover:border-text-3 focus-visible:border-accent focus-visible:ring-3 focus-visible:ring-accent-soft";
const BUTTON = `inline-flex items-center justify-center h-9 pointer-coarse:h-11 px-3 rounded-sm text-base font-medium cursor-pointer transition-colors ${FOCUS}`;
const MANY = 8; // collections from which on a filter is worth its place
const LONGEST = 80;

let collecting = null; // the mounted dialog's opener
let naming = null;

const clips = (count) => (count === 1 ? "1 clip" : `${count.toLocaleString()} clips`);

/**
 * Asks which collection clips go into. `chosen` is `{picked: [ids]}`, or a whole selection; `clipId` marks those that
 * hold this one already; `onDone` follows once it was said where.
 */
export function openCollect(chosen, { count = 1, clipId = "", onDone } = {}) {
  collecting?.({ chosen: { stretches: [], left_out: [], ...chosen }, count, clipId, onDone });
}

/** Asks for a name: `{title, value, submit, onName}`. */
export function askName(question) {
  naming?.(question);
}

/** A button of a card that puts its clip into a collection. */
export function CollectButton({ clipId, children, ...rest }) {
  const open = (event) => {
    event.currentTarget.closest("[popover]")?.hidePopover();
    openCollect({ picked: [clipId] }, { clipId });
  };
  return h("button", { ...rest, type: "button", onClick: open }, children);
}

/** A button that asks for a name first. */
export function NameButton({ title, value, submit, onName, children, ...rest }) {
  return h("button", { ...rest, type: "button", onClick: () => askName({ title, value, submit, onName }) }, children);
}

function useDialog() {
  const dialog = useRef(null);
  useEffect(() => {
    const undo = [dragToClose(dialog.current), closeOnBackdrop(dialog.current)];
    return () => undo.forEach((stop) => stop());
  }, []);
  return dialog;
}

const grab = h(
  "div",
  { key: "grab", "data-grab": true, "aria-hidden": true, className: "lg:hidden flex justify-center pt-2.5 pb-1.5 touch-none cursor-grab" },
  h("span", { className: "block w-9 h-1 rounded-full bg-line-strong" }),
);

/** The one dialog of `askName`. */
export function NameQuestion() {
  const dialog = useDialog();
  const title = useId();
  const [question, setQuestion] = useState(null);
  const [text, setText] = useState("");
  useEffect(() => {
    naming = (next) => {
      setQuestion(next);
      setText(next.value ?? "");
      dialog.current.showModal();
      requestAnimationFrame(() => dialog.current.querySelector("input")?.select());
    };
    return () => {
      naming = null;
    };
  }, []);
  const submit = (event) => {
    event.preventDefault();
    if (!text.trim()) return;
    dialog.current.close();
    question?.onName?.(text.trim());
  };
  return h(
    "dialog",
    { ref: dialog, "aria-labelledby": title, "data-testid": "name-dialog", className: "kit-dialog kit-dialog-center !w-[min(360px,calc(100vw-24px))] max-lg:!w-[min(560px,100vw)]" },
    grab,
    h(
      "form",
      { onSubmit: submit, className: "flex flex-col gap-3 p-4" },
      h("h2", { id: title, className: "text-md font-semibold text-text-1" }, question?.title ?? ""),
      h("input", {
        type: "text",
        value: text,
        maxLength: LONGEST,
        onChange: (event) => setText(event.target.value),
        "aria-label": "Name of the collection",
        placeholder: "Name",
        autoComplete: "off",
        "data-testid": "name-input",
        className: INPUT,
      }),
      h(
        "div",
        { className: "flex justify-end gap-2" },
        h("button", { type: "button", onClick: () => dialog.current.close(), className: `${BUTTON} bg-bg-3 text-text-1 hover:bg-line-strong` }, "Cancel"),
        h(
          "button",
          { type: "submit", disabled: !text.trim(), "data-testid": "name-submit", className: `${BUTTON} bg-accent-solid text-white hover:bg-accent-solid-hover disabled:opacity-45` },
          question?.submit ?? "Save",
        ),
      ),
    ),
  );
}

function Line({ tile, inside, onPick }) {
  return h(
    "li",
    null,
    h(
      "button",
      {
        type: "button",
        onClick: onPick,
        disabled: inside,
        "data-testid": "collect-into",
        className: `flex items-center gap-3 w-full h-12 px-2 rounded-sm text-left cursor-pointer hover:bg-bg-3 disabled:cursor-default disabled:hover:bg-transparent ${FOCUS}`,
      },
      h(
        "span",
        { className: "grid place-items-center shrink-0 w-14 h-8 rounded-xs overflow-hidden bg-bg-3 text-text-3" },
        tile.cover
          ? h("img", { src: tile.cover, alt: "", loading: "lazy", className: "size-full object-cover" })
          : h(Folder, { size: 15, strokeWidth: 1.75, "aria-hidden": true }),
      ),
      h("span", { className: "min-w-0 flex-1 truncate text-md text-text-1" }, tile.name),
      h("span", { className: "shrink-0 text-sm text-text-3 figure" }, inside ? "In it" : clips(tile.count)),
      inside && h(Check, { size: 16, strokeWidth: 1.75, "aria-hidden": true, className: "text-accent" }),
    ),
  );
}

/** The one dialog of `openCollect`: the member's own collections, and a new one. */
export function CollectDialog({ tiles, holding, onOpen, onCollect }) {
  const dialog = useDialog();
  const title = useId();
  const [asked, setAsked] = useState(null);
  const [filter, setFilter] = useState("");
  const [name, setName] = useState("");
  const tell = useRef(onOpen);
  tell.current = onOpen;
  useEffect(() => {
    collecting = (next) => {
      setAsked(next);
      setFilter("");
      setName("");
      tell.current?.(next.clipId);
      dialog.current.showModal();
      dialog.current.querySelector("h2").focus(); // Not the field: a phone would show its keyboard at once.
    };
    return () => {
      collecting = null;
    };
  }, []);
  const mine = (tiles ?? []).filter((tile) => tile.mine);
  const shown = mine.filter((tile) => tile.name.toLowerCase().includes(filter.trim().toLowerCase()));
  const put = (id, called) => {
    dialog.current.close();
    onCollect?.(id, called, asked.chosen);
    asked.onDone?.();
  };
  const make = (event) => {
    event.preventDefault();
    if (name.trim()) put("", name.trim());
  };
  return h(
    "dialog",
    { ref: dialog, "aria-labelledby": title, "data-testid": "collect-dialog", className: "kit-dialog kit-dialog-center !w-[min(400px,calc(100vw-24px))] max-lg:!w-[min(560px,100vw)]" },
    grab,
    h(
      "header",
      { className: "px-4 pt-3.5 pb-2" },
      h("h2", { id: title, tabIndex: -1, className: "text-md font-semibold text-text-1 outline-none" }, "Add to collection"),
      h("p", { className: "text-sm text-text-3" }, clips(asked?.count ?? 0)),
    ),
    mine.length > MANY &&
      h(
        "div",
        { className: "relative mx-4 mb-2" },
        h(Search, { size: 15, strokeWidth: 1.75, "aria-hidden": true, className: "absolute left-2.5 top-1/2 -translate-y-1/2 text-text-3" }),
        h("input", {
          type: "text",
          value: filter,
          onChange: (event) => setFilter(event.target.value),
          "aria-label": "Find a collection",
          placeholder: "Find a collection",
          "data-testid": "collect-filter",
          className: `${INPUT} !pl-8`,
        }),
      ),
    shown.length > 0
      ? h(
          "ul",
          { "aria-label": "Your collections", className: "min-h-0 max-h-[50dvh] overflow-y-auto kit-scroll px-2" },
          shown.map((tile) =>
            h(Line, { key: tile.id, tile, inside: holding?.includes(tile.id) ?? false, onPick: () => put(tile.id, "") }),
          ),
        )
      : h(
          "p",
          { className: "px-4 py-2 text-base text-text-3 text-pretty" },
          mine.length ? "No collection is called so." : "You have no collection yet. Name your first one below.",
        ),
    h(
      "form",
      { onSubmit: make, className: "flex items-center gap-2 p-4 border-t border-line mt-2" },
      h("input", {
        type: "text",
        value: name,
        maxLength: LONGEST,
        onChange: (event) => setName(event.target.value),
        "aria-label": "New collection",
        placeholder: "New collection",
        autoComplete: "off",
        "data-testid": "collect-name",
        className: INPUT,
      }),
      h(
        "button",
        { type: "submit", disabled: !name.trim(), "data-testid": "collect-make", className: `${BUTTON} shrink-0 gap-1.5 bg-accent-solid text-white hover:bg-accent-solid-hover disabled:opacity-45` },
        h(Plus, { size: 15, strokeWidth: 1.75, "aria-hidden": true }),
        "Make",
      ),
    ),
  );
}
