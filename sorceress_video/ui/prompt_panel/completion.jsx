import { createElement as h, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { AudioLines, Film, Image } from "lucide-react";

const LABEL = /@(?:Image|Video|Audio)\d{1,4}(?!\d)/g;
const BEGUN = /(?:^|[^\w@])@(\w{0,12})$/; // an “@” that begins a word, up to the caret
const ICONS = { image: Image, video: Film, audio: AudioLines };

/** The labels of a prompt that name no file, each once. */
export function danglingLabels(text, references) {
  const known = new Set(references.map((reference) => reference.label));
  return [...new Set(text.match(LABEL) ?? [])].filter((label) => !known.has(label));
}

/** “There is no @Image3 …”, for the note under the box and for the button. */
export function danglingSentence(labels) {
  if (!labels.length) return "";
  const names = labels.length > 1 ? `${labels.slice(0, -1).join(", ")} and ${labels.at(-1)}` : labels[0];
  const [verb, rest] = labels.length > 1 ? ["name", "Add the files or take the labels out."] : ["names", "Add the file or take the label out."];
  return `${names} ${verb} no file. ${rest}`;
}

/** The text once more behind the box, unseen but for the grounds of its labels. */
export function LabelMarks({ text, references, box }) {
  const layer = useRef(null);
  const known = useMemo(() => new Set(references.map((reference) => reference.label)), [references]);
  useLayoutEffect(() => {
    const area = box.current;
    const follow = () => (layer.current.scrollTop = area.scrollTop);
    follow();
    area.addEventListener("scroll", follow);
    return () => area.removeEventListener("scroll", follow);
  }, [text]);
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(LABEL)) {
    parts.push(text.slice(end, match.index));
    parts.push(
      h("mark", { key: match.index, className: "label-mark", "data-dangling": known.has(match[0]) ? undefined : true }, match[0]),
    );
    end = match.index + match[0].length;
  }
  // A last line break has no height of its own in a block, but has one in a box.
  return h("div", { ref: layer, className: "label-layer", "aria-hidden": true, "data-testid": "label-marks" }, parts, `${text.slice(end)}\u200b`);
}

/** What “@” offers: state and keys of the list; `ListOfReferences` shows it. */
export function useCompletion({ box, text, references, id }) {
  const [caret, setCaret] = useState(-1); // -1: the box has no focus
  const [active, setActive] = useState(0);
  const [closedAt, setClosedAt] = useState(-1);
  const begun = caret < 0 ? null : BEGUN.exec(text.slice(0, caret));
  const from = begun ? caret - begun[1].length - 1 : -1;
  const typed = begun?.[1].toLowerCase() ?? "";
  const options =
    from < 0 || from === closedAt
      ? []
      : references.filter(
          ({ label, name }) =>
            label.slice(1).toLowerCase().startsWith(typed) || (typed && name.toLowerCase().includes(typed)),
        );
  const finished = options.length === 1 && options[0].label.slice(1).toLowerCase() === typed;
  const open = options.length > 0 && !finished;
  const chosen = Math.min(active, options.length - 1);

  useEffect(() => setActive(0), [from, typed]);
  useEffect(() => {
    if (from < 0) setClosedAt(-1);
  }, [from]);

  const look = () => setCaret(box.current.selectionStart === box.current.selectionEnd ? box.current.selectionEnd : -1);
  const choose = (reference) => {
    const area = box.current;
    area.focus();
    area.setSelectionRange(from, caret);
    const space = /^\s/.test(text.slice(caret)) ? "" : " ";
    // Typed rather than set, so that it can be undone; the box hears of it as of any typing.
    document.execCommand("insertText", false, `${reference.label}${space}`);
    look();
  };
  const keys = (event) => {
    if (!open || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setActive((chosen + step + options.length) % options.length);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) choose(options[chosen]);
    else if (event.key === "Escape") setClosedAt(from);
    else return false;
    event.preventDefault(); // Escape would close the sheet, too.
    event.stopPropagation();
    return true;
  };
  return {
    open,
    options,
    active: chosen,
    choose,
    keys,
    look,
    leave: () => setCaret(-1),
    id,
    props: {
      "aria-autocomplete": references.length ? "list" : undefined,
      "aria-controls": open ? id : undefined,
      "aria-activedescendant": open ? `${id}-${chosen}` : undefined,
    },
  };
}

function Thumb({ reference }) {
  const Icon = ICONS[reference.kind] ?? Image;
  return h(
    "span",
    { className: "reference-thumb" },
    reference.thumb_url
      ? h("img", { src: reference.thumb_url, alt: "", loading: "lazy", draggable: false })
      : h(Icon, { size: 16, strokeWidth: 1.75, "aria-hidden": true }),
  );
}

const length = (seconds) => (seconds > 0 ? `${Number(seconds.toFixed(1))} s` : "");

/** The list under the box. The focus stays in the box. */
export function ListOfReferences({ completion }) {
  const { open, options, active, choose, id } = completion;
  const list = useRef(null);
  useEffect(() => {
    if (open) list.current.children[active]?.scrollIntoView({ block: "nearest" });
  }, [open, active]);
  return h(
    "div",
    { className: "reference-place" },
    open &&
      h(
        "ul",
        { ref: list, id, role: "listbox", "aria-label": "References", className: "reference-list kit-scroll", "data-testid": "references" },
        options.map((reference, place) => {
          const Icon = ICONS[reference.kind] ?? Image;
          return h(
            "li",
            {
              key: reference.label,
              id: `${id}-${place}`,
              role: "option",
              "aria-selected": place === active,
              className: "reference-option",
              "data-testid": `reference-${reference.label.slice(1)}`,
              onMouseDown: (event) => event.preventDefault(),
              onClick: () => choose(reference),
            },
            h(Thumb, { reference }),
            h(Icon, { size: 14, strokeWidth: 1.75, "aria-hidden": true, className: "shrink-0 text-text-3" }),
            h("span", { className: "font-medium text-text-1" }, reference.label),
            h("span", { className: "min-w-0 flex-1 truncate text-text-2" }, reference.name),
            h("span", { className: "figure text-text-2" }, length(reference.seconds)),
          );
        }),
      ),
    h("p", { role: "status", className: "sr-only" }, open ? `${options.length} references; arrow keys choose, Enter inserts.` : ""),
  );
}
