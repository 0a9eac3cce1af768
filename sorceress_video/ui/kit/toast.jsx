import { useEffect, useRef } from "react";
import { toast } from "sonner";

/**
 * Shows what the server has to say. The framework's own toasts travel as scripts to evaluate, which the pages'
 * Content-Security-Policy forbids; these travel as data.
 */
export function Toasts({ toasts, onSeen, onAction }) {
  const shown = useRef(new Set());
  useEffect(() => {
    const fresh = toasts.filter((item) => !shown.current.has(item.id));
    if (fresh.length === 0) return;
    fresh.forEach((item) => {
      shown.current.add(item.id);
      const show = item.tone === "plain" ? toast : toast[item.tone];
      show(item.text, {
        id: item.id,
        duration: item.seconds * 1000,
        action: item.action ? { label: item.label, onClick: () => onAction(item.action, item.argument) } : undefined,
      });
    });
    onSeen(fresh.map((item) => item.id));
  }, [toasts]);
  return null;
}
