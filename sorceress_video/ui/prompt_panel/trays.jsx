import { createElement as h, useEffect, useRef, useState } from "react";
import { AudioLines, ChevronLeft, ChevronRight, Film, ImagePlus, LoaderCircle, Plus, Scissors, X } from "lucide-react";
import { insertLabel, presentText } from "./draft.jsx";
import { KINDS, assetIn, clipIn, holdsClip, holdsFiles, holdsLink, mayBe, send } from "./upload.jsx";

const ICONS = { image: ImagePlus, video: Film, audio: AudioLines };
const PLACE = "application/x-sorceress-place"; // a tile on its way to another place of its tray
const seconds = (length) => `${length.toFixed(1).replace(/\.0$/, "")} s`;

function Thumb({ item, kind }) {
  if (item.thumb_url) return h("img", { src: item.thumb_url, alt: "", className: "slot-picture", draggable: false });
  return h("span", { className: "grid place-items-center size-full text-text-3" }, h(ICONS[kind], { size: 18, strokeWidth: 1.75, "aria-hidden": true }));
}

/** Which part of a clip that is too long goes along. */
function Trim({ item, onTrim }) {
  const [start, setStart] = useState(0);
  const film = useRef(null);
  const last = Math.max(0, item.seconds - item.trim_to);
  const at = (value) => {
    setStart(value);
    if (film.current) film.current.currentTime = value;
  };
  return h(
    "div",
    { className: "flex flex-col gap-2 p-2.5 rounded-sm border border-line bg-bg-2", "data-testid": "trim" },
    h("video", { ref: film, src: item.url, muted: true, playsInline: true, preload: "metadata", className: "w-full aspect-video rounded-sm bg-black object-contain", "aria-hidden": true, tabIndex: -1 }),
    h("input", {
      type: "range",
      className: "kit-range",
      min: 0,
      max: last,
      step: 0.1,
      value: start,
      style: { "--at": `${last ? (100 * start) / last : 0}%` },
      "aria-label": `Where the part of ${item.name} begins`,
      "aria-valuetext": `from ${seconds(start)} to ${seconds(start + item.trim_to)}`,
      onChange: (event) => at(Number(event.target.value)),
    }),
    h(
      "button",
      { type: "button", className: "tray-trim", "data-testid": "trim-use", onClick: () => onTrim(item.asset_id, start) },
      h(Scissors, { size: 14, "aria-hidden": true }),
      h("span", { className: "figure" }, `Use ${seconds(start)} – ${seconds(start + item.trim_to)}`),
    ),
  );
}

function Tile({ tray, item, place, onRemove, onMove, onTrim }) {
  const motion = tray.role === "motion_clip";
  const [over, setOver] = useState(false);
  const move = (step) => onMove(tray.role, item.asset_id, place + step, presentText());
  const about = [item.name, item.length, item.size].filter(Boolean).join(", ");
  return h(
    "li",
    {
      className: "flex flex-col gap-1.5 min-w-0",
      "data-testid": "tray-item",
      "data-asset-id": item.asset_id,
      draggable: true,
      onDragStart: (event) => {
        event.dataTransfer.setData(PLACE, JSON.stringify([tray.role, item.asset_id]));
        event.dataTransfer.effectAllowed = "move";
      },
      onDragOver: (event) => {
        if (!event.dataTransfer.types.includes(PLACE)) return;
        event.preventDefault();
        event.stopPropagation();
        setOver(true);
      },
      onDragLeave: () => setOver(false),
      onDrop: (event) => {
        setOver(false);
        if (!event.dataTransfer.types.includes(PLACE)) return;
        event.preventDefault();
        event.stopPropagation();
        const [role, asset] = JSON.parse(event.dataTransfer.getData(PLACE));
        if (role === tray.role && asset !== item.asset_id) onMove(role, asset, place, presentText());
      },
    },
    h(
      "div",
      { className: "slot", "data-filled": true, "data-over": over || undefined, "data-refused": item.problem ? true : undefined },
      h(Thumb, { item, kind: tray.kind }),
      item.preparing &&
        h(
          "span",
          { className: "slot-taking", role: "status", "data-testid": "tray-preparing" },
          h(LoaderCircle, { size: 14, className: "animate-spin motion-reduce:animate-none", "aria-hidden": true }),
          "Preparing…",
        ),
      h("span", { className: "tray-length figure" }, item.length),
      h(
        "div",
        { className: "tray-moves" },
        place > 0 &&
          h("button", { type: "button", className: "tray-move", "aria-label": `Move ${item.label} forward`, onClick: () => move(-1) }, h(ChevronLeft, { size: 14, "aria-hidden": true })),
        place < tray.items.length - 1 &&
          h("button", { type: "button", className: "tray-move", "aria-label": `Move ${item.label} back`, onClick: () => move(1) }, h(ChevronRight, { size: 14, "aria-hidden": true })),
      ),
      h(
        "button",
        {
          type: "button",
          className: "slot-remove",
          "aria-label": `Remove ${item.label}, ${item.name}`,
          "data-tip": "Remove",
          "data-testid": "tray-remove",
          onClick: () => onRemove(tray.role, item.asset_id, presentText()),
        },
        h(X, { size: 14, strokeWidth: 2, "aria-hidden": true }),
      ),
    ),
    motion
      ? h("span", { className: "flex gap-1.5 text-sm min-w-0", title: about }, h("span", { className: "text-text-1 font-medium shrink-0" }, item.label), h("span", { className: "truncate text-text-3" }, item.name))
      : h(
          "button",
          {
            type: "button",
            className: "tray-label",
            "data-tip": `Put into the prompt: ${about}`,
            "data-testid": "tray-label",
            onClick: () => insertLabel(item.label),
          },
          h("span", { className: "text-accent font-medium shrink-0" }, item.label),
          h("span", { className: "truncate text-text-3" }, ` ${item.name}`),
          h("span", { className: "sr-only" }, ": put into the prompt"),
        ),
    item.trim_to > 0 && h(Trim, { item, onTrim }),
  );
}

function Uploading({ file, onStop }) {
  return h(
    "li",
    { className: "flex flex-col gap-1.5 min-w-0" },
    h(
      "div",
      { className: "slot", "data-filled": true },
      h("span", { className: "grid place-items-center size-full text-sm text-white/80 figure" }, file.sent < 1 ? `${Math.round(file.sent * 100)} %` : "Checking…"),
      h(
        "span",
        { className: "slot-progress", role: "progressbar", "aria-label": `Uploading ${file.name}`, "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.round(file.sent * 100) },
        h("span", { style: { transform: `scaleX(${file.sent})` } }),
      ),
      h("button", { type: "button", className: "slot-remove", "aria-label": `Stop the upload of ${file.name}`, "data-tip": "Stop", onClick: onStop }, h(X, { size: 14, strokeWidth: 2, "aria-hidden": true })),
    ),
    h("span", { className: "truncate text-sm text-text-3" }, file.name),
  );
}

/** What is wrong, each sentence once, with the files that it is about. */
function Problems({ items }) {
  const about = new Map();
  items.filter((item) => item.problem).forEach((item) => about.set(item.problem, [...(about.get(item.problem) ?? []), item.label]));
  return [...about].map(([sentence, labels]) =>
    h("p", { key: sentence, className: "text-sm text-bad text-pretty", "data-testid": "tray-problem" }, items.length > 1 ? `${labels.join(", ")}: ${sentence}` : sentence),
  );
}

let uploadNumber = 0;

function TrayView({ tray, signedIn, onAdd, onFilm, onRemove, onMove, onTrim }) {
  const input = useRef(null);
  const [over, setOver] = useState(false);
  const [uploads, setUploads] = useState([]);
  const [errors, setErrors] = useState([]);
  const stops = useRef(new Map());
  const added = useRef(Promise.resolve()); // Files take their places in the order in which they were chosen.
  const usable = !tray.reason && signedIn;
  const room = tray.most - tray.items.length - uploads.length;
  const testid = tray.role.replaceAll("_", "-");
  useEffect(() => () => stops.current.forEach((stop) => stop()), []);

  const take = (files) => {
    const said = [];
    const fitting = [...files].filter((file) => {
      if (mayBe(file, tray.kind)) return true;
      said.push(`${file.name} is not ${KINDS[tray.kind].words}.`);
      return false;
    });
    if (fitting.length > room) said.push(`Up to ${tray.most} files fit here; ${fitting.length - Math.max(0, room)} were left out.`);
    setErrors(said);
    fitting.slice(0, Math.max(0, room)).forEach((file) => {
      const id = ++uploadNumber;
      const change = (part) => setUploads((all) => all.map((one) => (one.id === id ? { ...one, ...part } : one)));
      setUploads((all) => [...all, { id, name: file.name, sent: 0 }]);
      const { done, abort } = send(file, tray.role, (sent) => change({ sent }));
      stops.current.set(id, abort);
      const turn = added.current;
      added.current = done
        .then((asset) => turn.then(() => onAdd(tray.role, asset.id)))
        .catch((error) => error && setErrors((all) => [...all, `${file.name}: ${error.message}`]))
        .finally(() => {
          stops.current.delete(id);
          setUploads((all) => all.filter((one) => one.id !== id));
        });
    });
  };
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    if (!usable) return;
    const clip = clipIn(event.dataTransfer);
    const asset = assetIn(event.dataTransfer);
    if (clip && tray.kind === "video") onFilm(tray.role, clip.id);
    else if (clip) setErrors([`A clip is a video; ${KINDS[tray.kind].words} is needed here.`]);
    else if (event.dataTransfer.files.length > 0) take(event.dataTransfer.files);
    else if (asset && tray.kind === "image") onAdd(tray.role, asset);
  };
  const hint = !signedIn ? "Sign in to add files" : tray.kind === "video" ? "Drop, choose, or drag from the gallery" : "Drop or choose";
  return h(
    "section",
    { className: "flex flex-col gap-2 min-w-0", "data-target": tray.role === "motion_clip" ? "motion" : undefined, "aria-label": tray.label },
    h(
      "div",
      { className: "flex items-baseline justify-between gap-2" },
      h("h3", { className: "text-base font-semibold text-text-1 truncate" }, tray.label),
      h("span", { className: "text-sm text-text-3 figure whitespace-nowrap", "data-testid": `${testid}-note` }, tray.note || (tray.items.length ? `${tray.items.length} of ${tray.most}` : tray.optional ? "optional" : "")),
    ),
    h(
      "ul",
      {
        className: "tray",
        "data-over": over || undefined,
        "data-testid": testid,
        onDragOver: (event) => {
          if (!holdsFiles(event) && !holdsClip(event) && !holdsLink(event)) return;
          event.preventDefault();
          setOver(usable);
        },
        onDragLeave: (event) => event.currentTarget.contains(event.relatedTarget) || setOver(false),
        onDrop: drop,
      },
      tray.items.map((item, place) => h(Tile, { key: item.asset_id, tray, item, place, onRemove, onMove, onTrim })),
      uploads.map((file) => h(Uploading, { key: file.id, file, onStop: () => stops.current.get(file.id)?.() })),
      room > 0 &&
        h(
          "li",
          { key: "add", className: tray.items.length + uploads.length ? "" : "col-span-full" },
          h(
            "button",
            {
              type: "button",
              className: "tray-add",
              disabled: Boolean(tray.reason),
              "data-testid": `${testid}-add`,
              onClick: () => (signedIn ? input.current.click() : location.assign("/sign-in")),
            },
            h(tray.items.length ? Plus : ICONS[tray.kind], { size: 16, strokeWidth: 1.75, "aria-hidden": true }),
            h("span", { className: "text-sm text-balance" }, tray.reason || (tray.items.length + uploads.length ? "Add" : hint)),
            h("span", { className: "sr-only" }, `, ${tray.label}`),
          ),
        ),
    ),
    h(Problems, { items: tray.items }),
    tray.reason && tray.items.length > 0 && h("p", { className: "text-sm text-gold" }, `Not used: ${tray.reason}`),
    h(
      "div",
      { role: "alert", className: "contents" },
      errors.map((sentence) => h("p", { key: sentence, className: "text-sm text-bad text-pretty", "data-testid": "upload-refused" }, sentence)),
    ),
    h("input", {
      ref: input,
      type: "file",
      multiple: true,
      accept: KINDS[tray.kind].accept,
      hidden: true,
      tabIndex: -1,
      "data-testid": `${testid}-file`,
      onChange: (event) => {
        const files = [...event.target.files];
        event.target.value = "";
        take(files);
      },
    }),
  );
}

/** Places for several files each: numbered, to be moved, and named in the prompt where a model understands that. */
export function Trays({ trays, ...rest }) {
  if (trays.length === 0) return null;
  return h(
    "div",
    { className: "flex flex-col gap-4", "data-target": trays.some((tray) => tray.role.startsWith("reference")) ? "references" : undefined },
    trays.map((tray) => h(TrayView, { key: tray.role, tray, ...rest })),
  );
}
