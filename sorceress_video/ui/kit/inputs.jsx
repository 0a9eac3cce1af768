import { createElement as h, useEffect, useRef, useState } from "react";

const percent = (value, min, max) => `${max > min ? ((value - min) / (max - min)) * 100 : 0}%`;

/** A slider that follows the hand by itself and tells the server only where it was let go. */
export function Slider({ value, min, max, step, unit, label, onCommit, ...rest }) {
  const [shown, setShown] = useState(value);
  useEffect(() => setShown(value), [value]);
  const commit = () => shown !== value && onCommit?.(shown);
  return h(
    "span",
    { className: "flex items-center gap-3 w-full" },
    h("input", {
      ...rest,
      type: "range",
      className: "kit-range",
      "aria-label": label,
      "aria-valuetext": `${shown}${unit ? ` ${unit}` : ""}`,
      value: shown,
      min,
      max,
      step: step || "any",
      style: { "--at": percent(shown, min, max) },
      onChange: (event) => setShown(Number(event.target.value)),
      onPointerUp: commit,
      onKeyUp: commit,
      onBlur: commit,
    }),
    h("output", { className: "kit-figure" }, `${shown}${unit ? ` ${unit}` : ""}`),
  );
}

/**
 * A line of text or a whole number that is handed over when the person is done with it. What was typed before
 * the page came alive, or while the server's word was on its way, stays.
 */
export function CommitInput({ value, onCommit, ...rest }) {
  const known = String(value ?? "");
  const field = useRef(null);
  const [text, setText] = useState(known);
  const settled = useRef(known);
  const commit = (typed) => {
    if (typed === known) return;
    settled.current = typed;
    onCommit?.(typed);
  };
  useEffect(() => {
    const typed = field.current.value;
    const unsaid = typed !== settled.current && typed !== known;
    if (!unsaid) settled.current = known;
    setText(unsaid ? typed : known);
    if (unsaid && document.activeElement !== field.current) commit(typed);
  }, [value]);
  return h("input", {
    ...rest,
    ref: field,
    value: text,
    onChange: (event) => setText(event.target.value),
    onBlur: () => commit(text),
    onKeyDown: (event) => event.key === "Enter" && commit(text),
  });
}
