import { useSyncExternalStore } from "react";
import { setAddress } from "$/public/external/sorceress_video/ui/gallery/client/address.jsx";
import { goToClip } from "$/public/external/sorceress_video/ui/gallery/client/place.jsx";

let present = null; // the clip on the stage: what its card knew is enough to begin
let opened = ""; // id of the card that the person came from
let leave = null; // what happens instead of giving the focus back to the card
const wakes = new Set();

/** Puts a clip on the stage, or clears it. */
export function show(clip) {
  present = clip;
  setAddress({ clip: clip?.id });
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
