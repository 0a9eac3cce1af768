import { useSyncExternalStore } from "react";

const NOTHING = { on: false, picked: new Set(), leftOut: new Set(), late: new Set(), stretches: [], serial: 0, count: 0 };

let present = NOTHING;
let anchor = ""; // the card that a click with Shift reaches from
let loaded = []; // the cards of the window, in order
const wakes = new Set();

function put(part) {
  present = { ...present, ...part };
  wakes.forEach((wake) => wake());
}

/** After a change of what is selected: until the server has counted, what is known here. */
function changed(part) {
  const next = { ...present, ...part, serial: present.serial + 1 };
  const size = next.stretches.length ? null : next.picked.size;
  put({ ...next, count: size ?? present.count });
}

const within = (stretches, id) => stretches.some(([newest, oldest]) => id <= newest && id >= oldest);

const holds = ({ picked, leftOut, late, stretches }, id) =>
  picked.has(id) || (within(stretches, id) && !leftOut.has(id) && !late.has(id));

const subscribe = (wake) => {
  wakes.add(wake);
  return () => wakes.delete(wake);
};

/** The whole selection: whether the mode is on, how many clips, and what of. */
export const useSelection = () =>
  useSyncExternalStore(
    subscribe,
    () => present,
    () => NOTHING,
  );

/** “off”, “on” or, for a clip that is selected, “in”: all that a card has to know. */
export const useSelected = (id) =>
  useSyncExternalStore(
    subscribe,
    () => (present.on ? (holds(present, id) ? "in" : "on") : "off"),
    () => "off",
  );

export const isSelecting = () => present.on;

/** Ids of the selected clips, newest first, as far as they were picked one by one or are loaded. */
export function selectedIds() {
  const ids = new Set([...present.picked, ...loaded.filter((card) => holds(present, card.id)).map((card) => card.id)]);
  return [...ids].sort().reverse();
}

/** What an event carries to the server. */
export const sent = ({ picked, leftOut, late, stretches }) => ({
  stretches,
  picked: [...picked],
  left_out: [...leftOut, ...late],
});

export function begin(id) {
  put({ ...NOTHING, on: true, serial: present.serial + 1 });
  anchor = "";
  if (id) toggle(id);
}

export function end() {
  put({ ...NOTHING, serial: present.serial + 1 });
  anchor = "";
}

export function clear() {
  if (present.on) begin();
}

/** Another card, in or out. */
export function toggle(id) {
  const picked = new Set(present.picked);
  const leftOut = new Set(present.leftOut);
  const late = new Set(present.late);
  if (holds(present, id)) {
    picked.delete(id);
    if (within(present.stretches, id)) leftOut.add(id);
  } else {
    leftOut.delete(id);
    late.delete(id);
    if (!within(present.stretches, id)) picked.add(id);
  }
  anchor = id;
  changed({ picked, leftOut, late });
}

/** Everything from the last card to this one, whether it is loaded or not. */
export function reach(id) {
  if (!anchor || anchor === id) return toggle(id);
  const [newest, oldest] = anchor > id ? [anchor, id] : [id, anchor];
  const from = loaded.findIndex((card) => card.id === newest);
  const to = loaded.findIndex((card) => card.id === oldest);
  const leftOut = new Set([...present.leftOut].filter((one) => one > newest || one < oldest));
  anchor = id;
  if (from >= 0 && to >= 0) {
    const picked = new Set(present.picked);
    for (const card of loaded.slice(from, to + 1)) if (card.status === "completed") picked.add(card.id);
    changed({ picked, leftOut });
  } else changed({ stretches: [...present.stretches, [newest, oldest]], leftOut });
}

/** What “Select All” means at this moment, as the server says. */
export function take({ newest, unfinished, count }) {
  if (!present.on) return;
  const stretches = newest ? [[newest, ""]] : [];
  put({ ...present, picked: new Set(), leftOut: new Set(), late: new Set(unfinished), stretches, count, serial: present.serial + 1 });
}

/** The server's answer to how many clips that are. */
export function counted({ serial, count }) {
  if (serial === present.serial) put({ count });
}

export function setLoaded(cards) {
  loaded = cards;
}
