import { useSyncExternalStore } from "react";
import { goToClip } from "$/public/external/sorceress_video/ui/gallery/client/place.jsx";

let present = null; // the clip on the stage: what its card knew is enough to begin
let opened = ""; // id of the card that the person came from
let leave = null; // what happens instead of giving the focus back to the card
const wakes = new Set();

/** Keeps what is open in the address, so that a reload and a link come back to it; asks no server. */
export function writeAddress(name, value) {
  const url = new URL(location.href);
  if ((url.searchParams.get(name) ?? "") === (value ?? "")) return;
  if (value) url.searchParams.set(name, value);
  else url.searchParams.delete(name);
  url.search = url.search.replaceAll("%2C", ",");
  history.replaceState(history.state, "", url);
}

/** Puts a clip on the stage, or clears it. */
export function show(clip) {
  present = clip;
  writeAddress("clip", clip?.id ?? null);
  wakes.forEach((wake) => wake());
}

export const presentClip = () => present;

export function usePresent() {
  return useSyncExternalStore(
    (wake) => {
      wakes.add(wake);
      return () => wakes.delete(wake);
    },
    () => present,
    () => null,
  );
}

/** Puts a clip on the stage at once; `tell` lets the server follow with its story. */
export function openLightbox(clip, tell) {
  opened = clip.id;
  show(clip);
  tell?.(clip.id);
}

/** Closes the lightbox; `then` takes the place of giving the focus back to the card. */
export function closeLightbox(then) {
  leave = then ?? null;
  document.querySelector("dialog[data-lightbox][open]")?.close();
}

/** After the dialog closed: the focus goes to the card of the last clip, else to the one it came from. */
export function closed() {
  const last = present?.id;
  show(null);
  if (leave) leave();
  else if (last) goToClip(last, opened);
  leave = null;
}
