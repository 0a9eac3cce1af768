import { createElement as h, useEffect, useRef, useState } from "react";
import { ImagePlus, X } from "lucide-react";
import { noteUpload } from "./draft.jsx";

const UPLOADS = "/api/uploads";

/** Sends one file as it is, with progress; the answer is the server's JSON, or a sentence why not. */
function send(file, purpose, onProgress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.open("POST", `${UPLOADS}?purpose=${purpose}`);
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name || "pasted"));
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      if (request.status < 300 && request.response?.id) resolve(request.response);
      else reject(new Error(request.response?.error?.message || `The server refused the file (${request.status}).`));
    };
    request.onerror = () => reject(new Error("The connection dropped while the file was sent. Try again."));
    request.onabort = () => reject(null);
    request.send(file);
  });
  return { done, abort: () => request.abort() };
}

const imageIn = (transfer) => [...(transfer?.files ?? [])].find((file) => file.type.startsWith("image/"));
const holdsFiles = (event) => event.dataTransfer?.types?.includes("Files");

function Picture({ src, name, size }) {
  return h(
    "span",
    { className: "block size-full" },
    h("img", { src, alt: name, className: "slot-blur", "aria-hidden": true }),
    h("img", { src, alt: name, className: "slot-picture", draggable: false }),
    size && h("span", { className: "slot-size figure" }, size),
  );
}

function Slot({ slot, busy, error, signedIn, onFile, onRemove, onCancel }) {
  const input = useRef(null);
  const [over, setOver] = useState(false);
  const testid = slot.role.replace("_", "-");
  const shown = busy ? { src: busy.preview, name: busy.name } : slot.frame && { src: slot.frame.poster_url, name: slot.frame.name, size: slot.frame.size };
  const choose = () => (signedIn ? input.current.click() : location.assign("/sign-in"));
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file && signedIn && slot.usable) onFile(slot.role, file);
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
          if (!holdsFiles(event)) return;
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
      h("input", {
        ref: input,
        type: "file",
        accept: "image/*",
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

/** Start and end frame side by side: click, drop or paste; one upload each. */
export function FrameSlots({ slots, signedIn, onUploaded, onRemove }) {
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
    if (file.type && !file.type.startsWith("image/")) {
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
    noteUpload(1);
    done
      .then((asset) => {
        show(1);
        mine.asset = asset.id;
        onUploaded(role, asset.id);
      })
      .catch((error) => {
        if (error) put(setErrors, role, error.message);
        if (running.current[role] === mine) finish(role);
      })
      .finally(() => noteUpload(-1));
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
