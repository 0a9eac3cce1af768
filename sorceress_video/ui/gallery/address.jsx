import { useEffect, useRef } from "react";

/**
 * Keeps what is shown in the page's address, so that a reload and a copied link come back to it: `{name: value}`,
 * null or "" for a name that goes. The entry of the history is changed in place; no server is asked.
 */
export function setAddress(values) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === "") url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  url.search = url.search.replaceAll("%2C", ","); // Lists stay readable.
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}

/** What the address says under a name; "" where it says nothing. */
export const addressOf = (name) => new URL(location.href).searchParams.get(name) ?? "";

/** Writes the filter into the address once the server has read what stood there (`visit` grows with every reading). */
export function GalleryAddress({ view, search, collection, visit }) {
  const before = useRef(visit);
  useEffect(() => {
    if (visit === before.current) return;
    const wanted = { view: view === "all" ? "" : view, q: search, collection };
    const same = Object.entries(wanted).every(([name, value]) => addressOf(name) === value);
    if (!same) setAddress({ ...wanted, at: null }); // Another list begins at its top.
  }, [view, search, collection, visit]);
  return null;
}
