import { createElement as h, useSyncExternalStore } from "react";
import { setAddress } from "$/public/external/sorceress_video/ui/gallery/client/address.jsx";
import { presentClip } from "$/public/external/sorceress_video/ui/lightbox/client/store.jsx";

export const LAYOUTS = ["side", "wipe", "overlay"];
const MOST_OFFSET = 240; // frames

let present = null; // {ids, layout, offsets, linked}; null while nothing is compared
let opener = null;
const wakes = new Set();

function put(next) {
  present = next;
  // The clips that are compared are the whole of the address; the lightbox below comes back into it afterwards.
  setAddress({
    clip: next ? null : presentClip()?.id,
    compare: next?.ids.join(","),
    layout: next && next.layout !== "side" ? next.layout : null,
    offset: next?.offsets.some(Boolean) ? next.offsets.join(",") : null,
  });
  wakes.forEach((wake) => wake());
}

export function useCompared() {
  return useSyncExternalStore(
    (wake) => {
      wakes.add(wake);
      return () => wakes.delete(wake);
    },
    () => present,
    () => null,
  );
}

export const clampOffset = (frames) => Math.max(-MOST_OFFSET, Math.min(MOST_OFFSET, Math.round(frames) || 0));

/** Puts two to four clips side by side. */
export function openCompare(ids) {
  if (ids.length < 2) return;
  opener = document.activeElement;
  document.querySelectorAll("video").forEach((film) => film.pause());
  put({ ids: ids.slice(0, 4), layout: "side", offsets: ids.slice(0, 4).map(() => 0), linked: false });
}

/** The same from the page's address, with layout and offsets as they stand there. */
export function openLinked(ids) {
  const query = new URLSearchParams(location.search);
  const given = (query.get("offset") ?? "").split(",").map(Number);
  const layout = LAYOUTS.includes(query.get("layout")) ? query.get("layout") : "side";
  put({ ids, layout, offsets: ids.map((_, place) => clampOffset(given[place])), linked: true });
}

export function change(part) {
  if (present) put({ ...present, ...part });
}

export function closed() {
  put(null);
  if (opener?.isConnected) opener.focus();
  opener = null;
}

/** A button that puts its clips side by side. */
export function CompareButton({ ids, children, ...rest }) {
  return h("button", { ...rest, type: "button", onClick: () => openCompare(ids) }, children);
}
