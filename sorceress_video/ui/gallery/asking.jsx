import { createElement as h, useEffect, useId, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { EllipsisVertical } from "lucide-react";

let question = null; // the mounted dialog's opener

/** Asks before clips are deleted: `{onConfirm, count}`. */
export function askDelete(asked) {
  question?.(asked);
}

/** Asks once before it deletes. Children are what the button shows. */
export function AskDelete({ clipId, onConfirm, children, ...rest }) {
  const ask = (event) => {
    const opener = event.currentTarget;
    opener.closest("[popover]")?.hidePopover();
    question?.({ onConfirm, opener });
  };
  return h("button", { ...rest, type: "button", onClick: ask, "data-testid": rest["data-testid"] ?? "card-delete" }, children);
}

/** The one dialog of that question. */
export function DeleteQuestion({ undoSeconds }) {
  const dialog = useRef(null);
  const asked = useRef(null);
  const [count, setCount] = useState(1);
  const title = useId();
  useEffect(() => {
    question = (next) => {
      asked.current = next;
      setCount(next.count ?? 1);
      dialog.current.showModal();
    };
    return () => {
      question = null;
    };
  }, []);
  const confirm = () => {
    dialog.current.close();
    asked.current?.onConfirm?.();
  };
  const backdrop = (event) => event.target === dialog.current && dialog.current.close();
  const button =
    "inline-flex items-center justify-center h-8 pointer-coarse:h-11 px-3 rounded-sm text-base font-medium cursor-pointer outline-none focus-visible:ring-2 focus-visible:ring-accent transition-colors";
  return h(
    "dialog",
    {
      ref: dialog,
      "aria-labelledby": title,
      "data-testid": "delete-dialog",
      onClick: backdrop,
      onKeyDown: (event) => event.stopPropagation(),
      className: "kit-dialog kit-dialog-center !w-[min(360px,calc(100vw-24px))] max-lg:!w-[min(560px,100vw)]",
    },
    h(
      "div",
      { className: "p-4" },
      h("h2", { id: title, className: "text-md font-semibold text-text-1" }, count === 1 ? "Delete this clip?" : `Delete ${count.toLocaleString()} clips?`),
      h(
        "p",
        { className: "mt-1 text-base text-text-2 text-pretty" },
        `${count === 1 ? "The clip and its files go." : "The clips and their files go."} You can undo it for ${undoSeconds} seconds.`,
      ),
    ),
    h(
      "footer",
      { className: "flex justify-end gap-2 px-4 pb-4" },
      h(
        "button",
        {
          type: "button",
          onClick: () => dialog.current.close(),
          className: `${button} bg-bg-3 text-text-1 hover:bg-line-strong`,
          "data-testid": "delete-cancel",
        },
        "Keep",
      ),
      h(
        "button",
        {
          type: "button",
          autoFocus: true,
          onClick: confirm,
          className: `${button} bg-bad-soft text-bad hover:bg-bad/20`,
          "data-testid": "delete-confirm",
        },
        "Delete",
      ),
    ),
  );
}

/** Three dots on a card under a finger; its lines come from below as a sheet. */
export function CardMenu({ label, children, ...rest }) {
  const id = useId();
  const sheet = useRef(null);
  const [open, setOpen] = useState(false);
  return [
    h(
      "button",
      {
        key: "opener",
        ...rest,
        type: "button",
        "aria-label": label,
        "aria-haspopup": "menu",
        "aria-expanded": open,
        onClick: () => sheet.current.showPopover(),
        "data-testid": "card-menu",
      },
      h(EllipsisVertical, { size: 18, strokeWidth: 2, "aria-hidden": true }),
    ),
    // Outside of the card, whose ground stays dark in the light theme.
    createPortal(
      h(
        "div",
        {
          ref: sheet,
          id,
          popover: "auto",
          onToggle: (event) => setOpen(event.newState === "open"),
          onClick: (event) => event.target.closest("a,button") && sheet.current?.hidePopover(),
          "data-testid": "card-menu-sheet",
          className:
            "fixed inset-x-0 top-auto bottom-0 m-0 mx-auto w-full max-w-[560px] p-2 pb-[calc(8px+env(safe-area-inset-bottom))] rounded-t-lg border-t border-line bg-bg-1 text-text-1 shadow-lift translate-y-0 starting:translate-y-full transition-transform duration-200 ease-settle backdrop:bg-scrim",
        },
        open && children,
      ),
      document.getElementById("gallery") ?? document.body,
      "sheet",
    ),
  ];
}
