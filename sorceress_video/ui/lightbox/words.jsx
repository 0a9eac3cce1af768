import { createElement as h, useEffect, useRef, useState } from "react";
import { Check, Copy } from "lucide-react";

async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Without TLS browsers give no clipboard; the old command still works from a click.
  const area = document.createElement("textarea");
  area.value = text;
  (document.querySelector("dialog:modal") ?? document.body).append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("not copied");
  return undefined;
}

/** Copies a text and says so for a moment. */
export function CopyButton({ text, ...rest }) {
  const [said, setSaid] = useState("");
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    try {
      await copyText(text);
      setSaid("Copied");
    } catch {
      setSaid("Not allowed");
    }
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSaid(""), 1600);
  };
  return h(
    "button",
    { ...rest, type: "button", onClick: copy, "data-testid": "lightbox-copy" },
    h(said === "Copied" ? Check : Copy, { size: 14, strokeWidth: 1.75, "aria-hidden": true }),
    h("span", { "aria-live": "polite" }, said || "Copy"),
  );
}

/** A moment in the reader's own time: “Today 14:02”, the whole of it on hover. */
export function When({ at, ...rest }) {
  if (!at) return null;
  const date = new Date(at * 1000);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86400000);
  const time = date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  const day =
    days === 0
      ? "Today"
      : days === 1
        ? "Yesterday"
        : date.toLocaleDateString(undefined, {
            day: "numeric",
            month: "short",
            year: date.getFullYear() === new Date().getFullYear() ? undefined : "numeric",
          });
  return h("time", { ...rest, dateTime: date.toISOString(), title: date.toLocaleString() }, `${day} ${time}`);
}
