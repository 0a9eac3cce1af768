import { createElement as h, useEffect, useId, useLayoutEffect, useRef, useSyncExternalStore } from "react";
import { Sparkles } from "lucide-react";
import { goTo } from "$/public/external/sorceress_video/ui/frame/panel/frame.jsx";
import { danglingLabels, danglingSentence, LabelMarks, ListOfReferences, useCompletion } from "./completion.jsx";
import { useHistory } from "./history.jsx";
import { useVoice, VoiceButton, VoiceInterim, VoiceStatus, VoiceTrouble } from "./voice.jsx";

const NONE = [];
const SYNC_PAUSE = 300; // ms of rest before the server keeps the draft
const NARROW = "(max-width: 1023.98px)";

/*
  The draft lives in the browser: typing asks nobody. The server hears of it when the hand rests, and gets the
  present text with every Generate.
*/
let draft = { text: "", touched: false, uploads: 0, dangling: "" };
const listeners = new Set();

function change(part) {
  draft = { ...draft, ...part };
  listeners.forEach((listener) => listener());
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const useDraft = () =>
  useSyncExternalStore(
    subscribe,
    () => draft,
    () => draft,
  );

/** Counts files on their way; Generate waits for them. */
export function noteUpload(step) {
  change({ uploads: draft.uploads + step });
}

/** The text as it is now, which may be newer than the server's. */
export const presentText = () => draft.text;

let placeLabel = null; // The prompt box knows where the caret was.

/** Puts a label such as “@Image1” into the prompt, where the caret is or was. */
export function insertLabel(label) {
  goTo("prompt");
  placeLabel?.(label);
}

/* One token for each request; a double click sends the same one, so that it stays one request. */
let token = "";

function newToken() {
  // crypto.randomUUID is missing where the page is served without TLS to another machine.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const characters = (text) => [...text].length; // as the server counts: code points
const figure = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, "\u202f");

let press = () => {}; // what the button does; Ctrl+Enter does the same

/**
 * The prompt: grows with its text, counts against the smallest limit. Where it is `labelled`, it knows the labels
 * of the references.
 */
export function PromptBox({ text, version, limit, limitedBy, placeholder, references, labelled, history, historyRead, onSync, onHistory, ...rest }) {
  const { text: shown } = useDraft();
  const box = useRef(null);
  const timer = useRef(0);
  const seen = useRef("");
  const unsent = useRef(null);
  const id = useId();

  useEffect(() => {
    if (version && version !== seen.current) {
      seen.current = version;
      change({ text, touched: true });
    } else if (!draft.touched && text) {
      change({ text, touched: true }); // the draft that the server kept over a reload
    }
  }, [text, version]);

  const flush = () => {
    clearTimeout(timer.current);
    if (unsent.current !== null) onSync(unsent.current);
    unsent.current = null;
  };
  useEffect(() => () => clearTimeout(timer.current), []);

  useLayoutEffect(() => {
    if (CSS.supports("field-sizing", "content")) return;
    box.current.style.height = "auto";
    box.current.style.height = `${box.current.scrollHeight + 2}px`;
  }, [shown]);

  const write = (text) => {
    change({ text, touched: true });
    unsent.current = text;
    clearTimeout(timer.current);
    timer.current = setTimeout(flush, SYNC_PAUSE);
  };
  const voice = useVoice((words) => {
    const before = draft.text;
    write(before && !/\s$/.test(before) ? `${before} ${words}` : before + words);
    flush();
  });
  const named = labelled ? references : NONE;
  const completion = useCompletion({ box, text: shown, references: named, id: `${id}-references` });
  const past = useHistory({ box, prompts: history, read: historyRead, onRead: onHistory });
  const dangling = labelled ? danglingSentence(danglingLabels(shown, references)) : "";
  useEffect(() => {
    if (draft.dangling !== dangling) change({ dangling });
  }, [dangling]);

  placeLabel = (label) => {
    const area = box.current;
    const { selectionStart: from, selectionEnd: to, value } = area;
    const before = from > 0 && !/\s/.test(value[from - 1]) ? " " : "";
    const after = /^\s/.test(value.slice(to)) ? "" : " ";
    area.focus();
    area.setSelectionRange(from, to);
    // Typed rather than set, so that it can be undone; what answers is the change event.
    document.execCommand("insertText", false, `${before}${label}${after}`);
  };
  const keys = (event) => {
    if (completion.keys(event) || past.keys(event)) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      press();
    }
  };
  const count = characters(shown);
  const over = limit > 0 && count > limit;
  return h(
    "div",
    { className: "flex flex-col gap-2" },
    h(
      "div",
      { className: "prompt-head" },
      h("label", { htmlFor: id, className: "text-base font-semibold text-text-1" }, "Prompt"),
      h(VoiceButton, { voice }),
      h(VoiceStatus, { voice }),
      h(
        "span",
        {
          id: `${id}-count`,
          className: `ml-auto text-sm figure ${over ? "text-bad font-medium" : "text-text-3"}`,
          "data-testid": "prompt-count",
          "data-tip": limit > 0 && limitedBy ? `${limitedBy} takes ${figure(limit)} characters` : undefined,
        },
        limit > 0 ? `${figure(count)} / ${figure(limit)}` : count > 0 ? figure(count) : "",
      ),
    ),
    h(
      "div",
      { className: "prompt-field", "data-target": "prompt", "data-labelled": labelled || undefined },
      labelled && h(LabelMarks, { text: shown, references, box }),
      h("textarea", {
        ...rest,
        ...completion.props,
        id,
        ref: box,
        value: shown,
        placeholder,
        rows: 5,
        spellCheck: true,
        "data-testid": "prompt",
        "aria-describedby": `${id}-count ${id}-labels`,
        "aria-invalid": over || dangling !== "" || undefined,
        className: "prompt-box",
        onChange: (event) => {
          write(event.target.value);
          completion.look();
        },
        onBlur: () => {
          completion.leave();
          flush();
        },
        onSelect: completion.look,
        onKeyDown: keys,
      }),
      h(VoiceInterim, { voice }),
    ),
    labelled && h(ListOfReferences, { completion }),
    h(
      "p",
      { id: `${id}-labels`, role: "status", className: "text-sm text-bad text-pretty empty:hidden", "data-testid": "dangling" },
      dangling,
    ),
    h(VoiceTrouble, { voice }),
  );
}

/** What the button says: the server has thought of every case, the browser knows which one it is. */
function useFace({ faces, limit, limitedBy }) {
  const { text, uploads, dangling } = useDraft();
  const typed = text.trim() ? "filled" : "blank";
  const face = faces[uploads > 0 ? `${typed}_uploading` : typed];
  if (face.action === "sign_in") return { ...face, text };
  const count = characters(text);
  const sentences = [
    limit > 0 &&
      count > limit &&
      `${limitedBy} takes prompts of up to ${figure(limit)} characters; this one has ${figure(count)}.`,
    dangling,
  ].filter(Boolean);
  if (!sentences.length) return { ...face, text };
  return {
    ...face,
    text,
    action: "show",
    target: face.target || "prompt",
    missing: [...face.missing, ...sentences.map((sentence) => ({ sentence, target: "prompt" }))],
  };
}

/** The button that spends money, or says what is missing and leads there. */
export function GenerateButton({ faces, limit, limitedBy, accepted, answers, compact, onGenerate }) {
  const face = useFace({ faces, limit, limitedBy });
  const id = useId();
  const button = useRef(null);

  const act = () => {
    if (face.action === "sign_in") return location.assign("/sign-in");
    if (face.action !== "generate") return goTo(face.target);
    token ||= newToken();
    button.current?.setAttribute("aria-busy", "true");
    onGenerate(face.text, token, "");
  };
  useEffect(() => {
    press = act;
  });
  useEffect(() => {
    button.current?.removeAttribute("aria-busy");
    if (!accepted || accepted !== token) return;
    token = ""; // The next click is another request.
    if (matchMedia(NARROW).matches) document.querySelectorAll("dialog.panel[open]").forEach((panel) => panel.close());
  }, [accepted, answers]);

  const blocked = face.action !== "generate";
  const words = compact ? face.short : face.label;
  return h(
    "div",
    { className: "group relative" },
    blocked &&
      face.missing.length > 0 &&
      h(
        "ul",
        { id, className: "missing-list", "data-testid": compact ? undefined : "missing" },
        face.missing.map((thing) => h("li", { key: thing.sentence }, thing.sentence)),
      ),
    h(
      "button",
      {
        ref: button,
        type: "button",
        onClick: act,
        "data-testid": compact ? "generate-dock" : "generate",
        "data-action": face.action,
        "aria-describedby": blocked && face.missing.length ? id : undefined,
        className: `spend-button ${compact ? "px-4" : "w-full"}`,
      },
      face.action === "generate" && h(Sparkles, { size: 16, strokeWidth: 1.75, "aria-hidden": true }),
      words || "\u00a0",
      !compact && face.action === "generate" && h("kbd", { className: "spend-key", "aria-hidden": true }, keyHint()),
    ),
  );
}

/** “Spend $12.40”: sends the click that was asked about, with the sum that the person agreed to. */
export function ConfirmButton({ sum, token: asked, deed, clip, label, onGenerate, onRepeat }) {
  const spend = () => (deed ? onRepeat(deed, clip, asked, sum) : onGenerate(draft.text, asked, sum));
  return h(
    "button",
    {
      type: "button",
      className: "spend-button px-4",
      "data-testid": "confirm-spend",
      onClick: () => sum && spend(),
    },
    label,
  );
}

const keyHint = () => (/Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "") ? "⌘↵" : "Ctrl ↵");

/** The dock's way to the prompt: its first line. */
export function DockPrompt({ empty }) {
  const { text } = useDraft();
  const line = text.trim().split("\n")[0];
  return h(
    "button",
    {
      type: "button",
      onClick: () => goTo("prompt"),
      "data-testid": "dock-prompt",
      "aria-label": line ? `Prompt: ${line}` : empty,
      className: "dock-prompt",
    },
    h("span", { className: `block truncate ${line ? "text-text-1" : "text-text-3"}` }, line || empty),
  );
}
