import { noteUpload } from "./draft.jsx";

const UPLOADS = "/api/uploads";
const AT_ONCE = 2; // of one tab; the server takes three of a member

export const CLIP = "application/x-sorceress-clip";
const MEDIA = /\/media\/([0-9a-f]{32})\/(image|poster)$/;

export const KINDS = {
  image: { accept: "image/*", words: "a picture (JPEG, PNG or WebP)" },
  video: { accept: "video/*,.mkv", words: "a video (MP4, MOV, WebM or MKV)" },
  audio: { accept: "audio/*", words: "a sound file (MP3, WAV or M4A)" },
};

/** Whether a file may be of a kind, by what the computer calls it; the server judges by content. */
export const mayBe = (file, kind) => !file.type || file.type.startsWith(`${kind}/`) || !/^(image|video|audio)\//.test(file.type);

export const holdsFiles = (event) => event.dataTransfer?.types?.includes("Files") ?? false;
export const holdsClip = (event) => event.dataTransfer?.types?.includes(CLIP) ?? false;
export const holdsLink = (event) => event.dataTransfer?.types?.includes("text/uri-list") ?? false;

/** The clip that is being dragged from the gallery: `{id, name, …}`, or null. */
export function clipIn(transfer) {
  try {
    const clip = JSON.parse(transfer.getData(CLIP));
    return typeof clip?.id === "string" ? clip : null;
  } catch {
    return null;
  }
}

/** The id of a picture of this library whose address was dragged, or null. */
export function assetIn(transfer) {
  try {
    const address = new URL(transfer.getData("text/uri-list").split("\n")[0], location.href);
    return address.origin === location.origin ? (MEDIA.exec(address.pathname)?.[1] ?? null) : null;
  } catch {
    return null;
  }
}

let running = 0;
const waiting = [];

function next() {
  while (running < AT_ONCE && waiting.length > 0) waiting.shift()();
}

/**
 * Sends one file as it is. `done` gives the server's JSON, or rejects with a sentence; with null where it was
 * stopped. Several at a time wait for each other.
 */
export function send(file, purpose, onProgress) {
  const request = new XMLHttpRequest();
  let begun = false;
  let stopped = false;
  const done = new Promise((resolve, reject) => {
    const begin = () => {
      if (stopped) return;
      begun = true;
      running += 1;
      request.open("POST", `${UPLOADS}?purpose=${purpose}`);
      request.setRequestHeader("X-File-Name", encodeURIComponent(file.name || "pasted"));
      request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
      request.responseType = "json";
      request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
      request.onloadend = () => {
        running -= 1;
        next();
      };
      request.onload = () => {
        if (request.status < 300 && request.response?.id) resolve(request.response);
        else reject(new Error(request.response?.error?.message || `The server refused the file (${request.status}).`));
      };
      request.onerror = () => reject(new Error("The connection dropped while the file was sent. Try again."));
      request.onabort = () => reject(null);
      request.send(file);
    };
    waiting.push(begin);
    request.giveUp = () => {
      stopped = true;
      reject(null);
    };
  });
  noteUpload(1);
  done.catch(() => {}).finally(() => noteUpload(-1));
  next();
  return { done, abort: () => (begun ? request.abort() : request.giveUp()) };
}
