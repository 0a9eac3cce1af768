import { createElement as h, useEffect, useRef } from "react";

const NARROW = "(max-width: 1023.98px)";
const THROW = 0.5; // px per ms: a flick that closes a sheet whatever its distance

/** Sheets on small screens follow the finger from their grab bar and close when pulled far or thrown. */
export function dragToClose(dialog) {
  let start = null;
  const grab = (event) => event.target.closest?.("[data-grab]")?.parentElement === dialog;
  const down = (event) => {
    if (!grab(event) || !matchMedia(NARROW).matches) return;
    start = { y: event.clientY, at: event.timeStamp };
    dialog.style.transition = "none";
    event.target.setPointerCapture?.(event.pointerId);
  };
  const move = (event) => {
    if (start) dialog.style.translate = `0 ${Math.max(0, event.clientY - start.y)}px`;
  };
  const up = (event) => {
    if (!start) return;
    const way = event.clientY - start.y;
    const speed = way / Math.max(1, event.timeStamp - start.at);
    start = null;
    dialog.style.transition = "";
    dialog.style.translate = "";
    if (way > dialog.offsetHeight / 3 || speed > THROW) dialog.close();
  };
  dialog.addEventListener("pointerdown", down);
  dialog.addEventListener("pointermove", move);
  dialog.addEventListener("pointerup", up);
  dialog.addEventListener("pointercancel", up);
  return () => {
    dialog.removeEventListener("pointerdown", down);
    dialog.removeEventListener("pointermove", move);
    dialog.removeEventListener("pointerup", up);
    dialog.removeEventListener("pointercancel", up);
  };
}

/** Closes a modal dialog by a press that begins and ends on its backdrop. */
export function closeOnBackdrop(dialog) {
  let began = false;
  const outside = (event) => {
    if (event.target !== dialog) return false;
    const box = dialog.getBoundingClientRect();
    return (
      event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom
    );
  };
  const down = (event) => (began = outside(event));
  const click = (event) => began && outside(event) && dialog.matches(":modal") && dialog.close();
  dialog.addEventListener("pointerdown", down);
  dialog.addEventListener("click", click);
  return () => {
    dialog.removeEventListener("pointerdown", down);
    dialog.removeEventListener("click", click);
  };
}

/**
 * The native modal dialog: the browser traps focus, closes on Escape and gives focus back. Opened by the `open`
 * prop, or, where no prop is given, by `document.getElementById(id).showModal()`.
 */
export function Dialog({ open, onDismiss, children, ...rest }) {
  const ref = useRef(null);
  useEffect(() => {
    const undo = [dragToClose(ref.current), closeOnBackdrop(ref.current)];
    return () => undo.forEach((stop) => stop());
  }, []);
  useEffect(() => {
    const dialog = ref.current;
    if (open === undefined) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  const closed = (event) => {
    if (event.target !== ref.current) return;
    // The browser gives the focus back to what opened the dialog; where that is gone, it would be nowhere.
    if (document.activeElement === document.body) document.querySelector("main")?.focus({ preventScroll: true });
    onDismiss?.();
  };
  return h("dialog", { ...rest, ref, onClose: closed }, children);
}

const TIP_DELAY = 350; // ms before a pointer's tooltip; a key press shows it at once
const GAP = 8;

function place(tip, anchor) {
  const a = anchor.getBoundingClientRect();
  const t = tip.getBoundingClientRect();
  const below = a.top - t.height - GAP < GAP;
  const left = a.left + a.width / 2 - t.width / 2;
  tip.style.left = `${Math.min(Math.max(GAP, left), innerWidth - t.width - GAP)}px`;
  tip.style.top = `${below ? a.bottom + GAP : a.top - t.height - GAP}px`;
}

/**
 * What the whole page shares: one tooltip for every element with `data-tip`, arrow keys inside
 * `data-roving` groups, and `data-opens` / `data-closes` on buttons that move a dialog.
 */
export function PageBehaviour() {
  const ref = useRef(null);
  useEffect(() => {
    const tip = ref.current;
    let timer = 0;
    let anchor = null;
    const hide = () => {
      clearTimeout(timer);
      anchor = null;
      if (tip.matches(":popover-open")) tip.hidePopover();
    };
    const show = (target, delay) => {
      if (target === anchor) return;
      hide();
      anchor = target;
      timer = setTimeout(() => {
        if (!target.isConnected || !target.dataset.tip) return;
        tip.textContent = target.dataset.tip;
        tip.showPopover();
        place(tip, target);
      }, delay);
    };
    const over = (event) => {
      const target = event.target.closest?.("[data-tip]");
      if (target && event.pointerType !== "touch") show(target, TIP_DELAY);
      else if (!target) hide();
    };
    const focus = (event) => {
      const target = event.target.closest?.("[data-tip]");
      if (target && event.target.matches(":focus-visible")) show(target, 0);
    };
    const keys = (event) => {
      if (event.key === "Escape") hide();
      const group = event.target.closest?.("[data-roving]");
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!group || !step) return;
      const stops = [...group.querySelectorAll("[role=radio],[role=tab]")];
      const next = stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length];
      event.preventDefault();
      next?.focus();
    };
    const click = (event) => {
      hide();
      const opener = event.target.closest?.("[data-opens]");
      if (opener) document.getElementById(opener.dataset.opens)?.showModal();
      if (event.target.closest?.("[data-closes]")) event.target.closest("dialog")?.close();
    };
    document.addEventListener("pointerover", over);
    document.addEventListener("focusin", focus);
    document.addEventListener("focusout", hide);
    document.addEventListener("keydown", keys);
    document.addEventListener("click", click);
    return () => {
      hide();
      document.removeEventListener("pointerover", over);
      document.removeEventListener("focusin", focus);
      document.removeEventListener("focusout", hide);
      document.removeEventListener("keydown", keys);
      document.removeEventListener("click", click);
    };
  }, []);
  return h("div", { ref, popover: "manual", role: "tooltip", className: "kit-tip" });
}
