import { createElement as h, useRef } from "react";

/** The answer to a request: a note, and the button that was pressed. */
export function Decision({ request, label, onDecide, noteClass, grantClass, declineClass }) {
  const note = useRef(null);
  const decide = (verdict) => () => onDecide(request, verdict, note.current?.value ?? "");
  const button = (verdict, text, className) =>
    h("button", { type: "button", className, onClick: decide(verdict), "aria-label": `${text}: ${label}`, "data-testid": `request-${verdict}` }, text);
  return h(
    "div",
    { className: "flex flex-wrap gap-2" },
    h("input", { ref: note, className: noteClass, maxLength: 500, placeholder: "A note to them (optional)", "aria-label": `Note to ${label}`, "data-testid": "request-note" }),
    button("grant", "Grant Pro", grantClass),
    button("decline", "Decline", declineClass),
  );
}
