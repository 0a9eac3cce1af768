import { createElement as h, useEffect, useState } from "react";
import { ArrowRightToLine, Flag, ImagePlay, LoaderCircle, PersonStanding } from "lucide-react";
import { goTo, reveal } from "$/public/external/sorceress_video/ui/frame/panel/frame.jsx";
import { momentOnScreen } from "./player.jsx";
import { closeLightbox } from "./store.jsx";

const SLOT_PATIENCE = 4000; // ms

const MOTION = "motion";
const DEEDS = [
  ["start_frame", "As start", ImagePlay, "Begin a clip with the frame on screen"],
  ["end_frame", "As end", Flag, "End a clip with the frame on screen"],
  ["continue", "Continue", ArrowRightToLine, "Begin a new clip with the last frame"],
  [MOTION, "As motion", PersonStanding, "Let a character move as this clip does"],
];
const NAMES = {
  continue: "Continue: begin a new clip with the last frame",
  [MOTION]: "Use this clip as motion video",
};

async function takeFrame(clipId, at) {
  const answer = await fetch(`/api/clips/${clipId}/frames`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ at }),
  });
  const found = await answer.json().catch(() => null);
  if (answer.ok && found?.id) return found.id;
  throw new Error(found?.error?.message || "This clip is not there any more.");
}

/** Opens the prompt panel, and puts the focus on the slot once the server has made the mode have one. */
function showSlot(role) {
  const slot = () => document.querySelector(`[data-target="${role}"]`);
  reveal(document.getElementById("panel-prompt"));
  const before = document.activeElement;
  if (slot()) return goTo(role);
  const watch = new MutationObserver(() => {
    if (!slot()) return;
    watch.disconnect();
    if (document.activeElement === before || !document.activeElement?.isConnected) goTo(role);
  });
  watch.observe(document.getElementById("panel-prompt"), { childList: true, subtree: true });
  setTimeout(() => watch.disconnect(), SLOT_PATIENCE);
  return undefined;
}

/** “Use this frame” and “Continue”: the server takes the picture, and the prompt panel opens with it in place. */
export function FrameDeeds({ clipId, onFrame, onContinue, onMotion }) {
  const [busy, setBusy] = useState("");
  const [problem, setProblem] = useState("");
  useEffect(() => setProblem(""), [clipId]);

  const use = async (deed) => {
    if (busy) return;
    if (deed === MOTION) {
      onMotion?.(clipId);
      closeLightbox(() => showSlot(MOTION));
      return;
    }
    setBusy(deed);
    setProblem("");
    try {
      const on = deed === "continue";
      const asset = await takeFrame(clipId, on ? "last" : momentOnScreen());
      if (on) onContinue?.(asset);
      else onFrame?.(deed, asset);
      closeLightbox(() => showSlot(on ? "start_frame" : deed));
    } catch (error) {
      setProblem(error instanceof TypeError ? "The connection dropped, so no frame was taken. Try again." : error.message);
    } finally {
      setBusy("");
    }
  };

  return h(
    "section",
    { className: "mt-5", "aria-label": "Use this frame", "data-testid": "lightbox-frame" },
    h("h2", { className: "text-base font-semibold" }, "Use this frame"),
    h(
      "div",
      { className: "mt-2 flex flex-wrap gap-1.5" },
      DEEDS.map(([deed, label, Icon, tip]) =>
        h(
          "button",
          {
            key: deed,
            type: "button",
            onClick: () => use(deed),
            "aria-disabled": busy !== "" || undefined,
            "aria-busy": busy === deed || undefined,
            "aria-label": NAMES[deed] ?? `Use this frame ${label.toLowerCase()} frame`,
            "data-tip": tip,
            "data-testid": `frame-${deed.replace("_", "-")}`,
            className:
              "inline-flex items-center gap-1.5 h-8 pointer-coarse:h-11 px-2.5 rounded-sm bg-bg-3 text-base font-medium text-text-1 hover:bg-line-strong cursor-pointer transition-colors aria-disabled:opacity-60 outline-none focus-visible:ring-2 focus-visible:ring-accent",
          },
          busy === deed
            ? h(LoaderCircle, { size: 15, strokeWidth: 1.75, "aria-hidden": true, className: "animate-spin motion-reduce:animate-none" })
            : h(Icon, { size: 15, strokeWidth: 1.75, "aria-hidden": true }),
          label,
        ),
      ),
    ),
    h("p", { role: "alert", className: `text-sm text-bad ${problem ? "mt-1.5" : ""}` }, problem),
  );
}
