import { createElement as h, useEffect, useRef, useState } from "react";
import { ImagePlus, X } from "lucide-react";
import { KINDS, assetIn, clipIn, holdsClip, holdsFiles, holdsLink, mayBe, send } from "./upload.jsx";

const imageIn = (transfer) => [...(transfer?.files ?? [])].find((file) => file.type.startsWith("image/"));

function Picture({ src, name, size }) {
  return h(
    "span",
    { className: "block size-full" },
    h("img", { src, alt: name, className: "slot-blur", "aria-hidden": true }),
    h("img", { src, alt: name, className: "slot-picture", draggable: false }),
    size && h("span", { className: "slot-size figure" }, size),
  );
}

/** A clip was dropped: which of its frames? */
function WhichFrame({ slot, onChoose, onCancel }) {
  const first = useRef(null);
  useEffect(() => first.current?.focus(), []);
  const choice = (which, words, ref) =>
    h("button", { key: which, ref, type: "button", className: "slot-choice", "data-testid": `frame-${which}`, onClick: () => onChoose(which) }, words);
  return h(
    "div",
    {
      role: "group",
      "aria-label": `Which frame of the clip as ${slot.label.toLowerCase()}?`,
      className: "slot-choices",
      onKeyDown: (event) => event.key === "Escape" && onCancel(),
    },
    choice("first", "First frame", first),
    choice("last", "Last frame"),
    h("button", { type: "button", className: "slot-choice", onClick: onCancel }, "Cancel"),
  );
}

function Slot({ slot, busy, error, signedIn, onFile, onAsset, onClipFrame, onRemove, onCancel }) {
  const input = useRef(null);
  const [over, setOver] = useState(false);
  const [clip, setClip] = useState(null);
  const [taking, setTaking] = useState(null);
  const testid = slot.role.replace("_", "-");
  const shown = busy ? { src: busy.preview, name: busy.name } : slot.frame && { src: slot.frame.poster_url, name: slot.frame.name, size: slot.frame.size };
  const choose = () => (signedIn ? input.current.click() : location.assign("/sign-in"));
  useEffect(() => setTaking(null), [slot.frame?.asset_id]);
  useEffect(() => {
    if (!taking) return;
    const over = setTimeout(() => setTaking(null), 15_000); // The server has said by then why there is none.
    return () => clearTimeout(over);
  }, [taking]);
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    if (!signedIn || !slot.usable) return;
    const dragged = clipIn(event.dataTransfer);
    const asset = assetIn(event.dataTransfer);
    if (dragged) setClip(dragged);
    else if (event.dataTransfer.files[0]) onFile(slot.role, event.dataTransfer.files[0]);
    else if (asset) onAsset(slot.role, asset);
  };
  const label = `${slot.label}: ${shown ? "replace the picture" : "drop, paste or choose a picture"}`;
  return h(
    "div",
    { className: "flex flex-col gap-2 min-w-0", "data-target": slot.role },
    h(
      "div",
      { className: "flex items-baseline justify-between gap-2" },
      h("span", { className: "text-base font-semibold text-text-1 truncate" }, slot.label),
      slot.optional && h("span", { className: "text-sm text-text-3" }, "optional"),
    ),
    h(
      "div",
      {
        className: "slot",
        "data-over": over || undefined,
        "data-filled": shown ? true : undefined,
        "data-refused": error ? true : undefined,
        onDragOver: (event) => {
          if (!holdsFiles(event) && !holdsClip(event) && !holdsLink(event)) return;
          event.preventDefault();
          setOver(slot.usable && signedIn);
        },
        onDragLeave: (event) => event.currentTarget.contains(event.relatedTarget) || setOver(false),
        onDrop: drop,
      },
      h(
        "button",
        {
          type: "button",
          className: "slot-button",
          onClick: choose,
          disabled: !slot.usable || Boolean(busy),
          "aria-label": label,
          "data-testid": testid,
        },
        shown
          ? h(Picture, shown)
          : h(
              "span",
              { className: "flex flex-col items-center gap-2 px-2" },
              h(ImagePlus, { size: 16, strokeWidth: 1.75, "aria-hidden": true }),
              h("span", { className: "text-sm text-balance" }, slot.usable ? (signedIn ? "Drop, paste or choose" : "Sign in to add one") : slot.reason),
            ),
      ),
      taking && h("span", { className: "slot-taking", role: "status" }, "Taking the frame…"),
      busy &&
        h(
          "span",
          {
            className: "slot-progress",
            role: "progressbar",
            "aria-label": `Uploading ${busy.name}`,
            "aria-valuemin": 0,
            "aria-valuemax": 100,
            "aria-valuenow": Math.round(busy.sent * 100),
          },
          h("span", { style: { transform: `scaleX(${busy.sent})` } }),
        ),
      shown &&
        h(
          "button",
          {
            type: "button",
            className: "slot-remove",
            onClick: () => (busy ? onCancel(slot.role) : onRemove(slot.role)),
            "aria-label": busy ? `Stop the upload of the ${slot.label.toLowerCase()}` : `Remove the ${slot.label.toLowerCase()}`,
            "data-tip": busy ? "Stop" : "Remove",
            "data-testid": `${testid}-remove`,
          },
          h(X, { size: 14, strokeWidth: 2, "aria-hidden": true }),
        ),
      clip &&
        h(WhichFrame, {
          slot,
          onCancel: () => setClip(null),
          onChoose: (which) => {
            setClip(null);
            setTaking(clip.id);
            onClipFrame(slot.role, clip.id, which);
          },
        }),
      h("input", {
        ref: input,
        type: "file",
        accept: KINDS.image.accept,
        hidden: true,
        tabIndex: -1,
        "data-testid": `${testid}-file`,
        onChange: (event) => {
          const file = event.target.files[0];
          event.target.value = "";
          if (file) onFile(slot.role, file);
        },
      }),
    ),
    shown && !slot.usable && h("p", { className: "text-sm text-gold" }, `Not used: ${slot.reason}`),
  );
}

/** Places for one picture each, side by side: click, drop or paste; one upload each. */
export function FrameSlots({ slots, signedIn, onUploaded, onClipFrame, onRemove }) {
  const [busy, setBusy] = useState({});
  const [errors, setErrors] = useState({});
  const running = useRef({});
  const put = (set, role, value) => set((all) => ({ ...all, [role]: value }));

  const finish = (role) => {
    if (running.current[role]) URL.revokeObjectURL(running.current[role].preview);
    delete running.current[role];
    put(setBusy, role, undefined);
  };

  const upload = (role, file) => {
    put(setErrors, role, "");
    if (!mayBe(file, "image")) {
      put(setErrors, role, `${file.name} is no picture. A frame is a JPEG, PNG or WebP.`);
      return;
    }
    running.current[role]?.abort();
    const preview = URL.createObjectURL(file);
    const name = file.name || "pasted picture";
    const show = (sent) => put(setBusy, role, { preview, name, sent });
    show(0);
    const { done, abort } = send(file, role, show);
    const mine = { abort, preview };
    running.current[role] = mine;
    done
      .then((asset) => {
        show(1);
        mine.asset = asset.id;
        onUploaded(role, asset.id);
      })
      .catch((error) => {
        if (error) put(setErrors, role, error.message);
        if (running.current[role] === mine) finish(role);
      });
  };

  // The local picture stays until the server's own stands in its place: no flash between them.
  useEffect(() => {
    slots.forEach((slot) => {
      const asset = running.current[slot.role]?.asset;
      if (asset && slot.frame?.asset_id === asset) finish(slot.role);
    });
  }, [slots]);

  const handlers = useRef({});
  handlers.current = { slots, upload, signedIn };
  useEffect(() => {
    const paste = (event) => {
      const file = imageIn(event.clipboardData);
      const now = handlers.current;
      if (!file || !now.signedIn) return;
      const free = now.slots.filter((slot) => slot.usable);
      const slot = free.find((candidate) => !candidate.frame && !running.current[candidate.role]) ?? free[0];
      if (!slot) return;
      event.preventDefault();
      now.upload(slot.role, file);
    };
    // A file dropped beside a slot must not replace the page.
    const stop = (event) => holdsFiles(event) && event.preventDefault();
    document.addEventListener("paste", paste);
    document.addEventListener("dragover", stop);
    document.addEventListener("drop", stop);
    return () => {
      document.removeEventListener("paste", paste);
      document.removeEventListener("dragover", stop);
      document.removeEventListener("drop", stop);
      Object.values(running.current).forEach((upload) => upload.abort());
    };
  }, []);

  if (slots.length === 0) return null;
  const said = slots.map((slot) => errors[slot.role]).filter(Boolean);
  return h(
    "div",
    { className: "flex flex-col gap-2.5" },
    h(
      "div",
      { className: "grid grid-cols-2 gap-2.5" },
      slots.map((slot) =>
        h(Slot, {
          key: slot.role,
          slot,
          busy: busy[slot.role],
          error: errors[slot.role],
          signedIn,
          onFile: upload,
          onAsset: onUploaded,
          onClipFrame,
          onRemove: (role) => {
            put(setErrors, role, "");
            onRemove(role);
          },
          onCancel: (role) => (running.current[role]?.asset ? finish(role) : running.current[role]?.abort()),
        }),
      ),
    ),
    h(
      "div",
      { role: "alert", className: "contents" },
      said.map((sentence) => h("p", { key: sentence, className: "text-sm text-bad", "data-testid": "upload-refused" }, sentence)),
    ),
  );
}
