import { createElement as h, useEffect, useState } from "react";

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

/** A line of text or a whole number that is handed over when the person is done with it. */
export function CommitInput({ value, onCommit, ...rest }) {
  const [text, setText] = useState(value ?? "");
  useEffect(() => setText(value ?? ""), [value]);
  const commit = () => text !== (value ?? "") && onCommit?.(text);
  return h("input", {
    ...rest,
    value: text,
    onChange: (event) => setText(event.target.value),
    onBlur: commit,
    onKeyDown: (event) => event.key === "Enter" && commit(),
  });
}
