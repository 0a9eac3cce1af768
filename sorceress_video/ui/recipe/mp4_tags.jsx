const MOST_BOXES = 256;
const LONGEST_INDEX = 16 * 1024 * 1024; // bytes of an index that is looked at
const LONGEST_TEXT = 64 * 1024;

/** A box at `at`: {type, body, end}; null where none can be. */
function boxAt(view, at, end) {
  if (at + 8 > end) return null;
  const type = String.fromCharCode(view.getUint8(at + 4), view.getUint8(at + 5), view.getUint8(at + 6), view.getUint8(at + 7));
  let size = view.getUint32(at);
  let head = 8;
  if (size === 1 && at + 16 <= end) {
    size = Number(view.getBigUint64(at + 8));
    head = 16;
  } else if (size === 0) size = end - at;
  if (size < head) return null;
  return { type, body: at + head, end: at + size };
}

function childOf(view, from, end, type) {
  let at = from;
  for (let seen = 0; seen < MOST_BOXES; seen += 1) {
    const box = boxAt(view, at, end);
    if (!box) return null;
    if (box.type === type) return box.end <= end ? box : null;
    at = box.end;
  }
  return null;
}

/** The text of one tag of an MP4's list of tags; "" where there is none. Only the index is read, never a frame. */
export async function tagOf(file, name) {
  let at = 0;
  for (let seen = 0; seen < MOST_BOXES && at + 8 <= file.size; seen += 1) {
    const head = new DataView(await file.slice(at, at + 16).arrayBuffer());
    const box = boxAt(head, 0, file.size - at);
    if (!box) return "";
    if (box.type === "moov") {
      if (box.end > LONGEST_INDEX) return "";
      const view = new DataView(await file.slice(at + box.body, at + box.end).arrayBuffer());
      return textIn(view, name);
    }
    at += box.end;
  }
  return "";
}

function textIn(view, name) {
  const udta = childOf(view, 0, view.byteLength, "udta");
  const meta = udta && childOf(view, udta.body, udta.end, "meta");
  const list = meta && childOf(view, meta.body + 4, meta.end, "ilst");
  const tag = list && childOf(view, list.body, list.end, name);
  const data = tag && childOf(view, tag.body, tag.end, "data");
  if (!data || data.end - data.body - 8 > LONGEST_TEXT * 4) return "";
  const text = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + data.body + 8, data.end - data.body - 8));
  return text.length <= LONGEST_TEXT ? text : "";
}
