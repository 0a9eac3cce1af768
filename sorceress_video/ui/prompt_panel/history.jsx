import { useEffect, useRef } from "react";
import { useKeys } from "$/public/external/sorceress_video/ui/kit/keys/keys.jsx";

const LISTED = { "Alt+ArrowUp": null, "Alt+ArrowDown": null }; // the box itself hears them
const WORDS = { "Alt+ArrowUp": "Last prompts, in the prompt box", "Alt+ArrowDown": "Last prompts, in the prompt box" };

/**
 * Alt+↑ and Alt+↓ go through the account's last prompts and back to what was being written. The server is asked
 * when the way up begins, so that a prompt that was just sent is among them.
 */
export function useHistory({ box, prompts, read, onRead }) {
  const place = useRef(-1); // -1: what is being written
  const kept = useRef("");
  const wanted = useRef(false);

  const write = (text) => {
    const area = box.current;
    area.focus();
    area.setSelectionRange(0, area.value.length);
    // Typed rather than set, so that it can be undone.
    if (text) document.execCommand("insertText", false, text);
    else document.execCommand("delete");
  };
  const go = (step) => {
    const next = Math.min(place.current + step, prompts.length - 1);
    if (next < -1 || next === place.current) return;
    place.current = next;
    write(next < 0 ? kept.current : prompts[next]);
  };
  useKeys("page", LISTED, WORDS);
  useEffect(() => {
    if (!wanted.current) return;
    wanted.current = false;
    go(1);
  }, [read]);

  const keys = (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return false;
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return false;
    event.preventDefault();
    // What was changed by hand is a draft of its own.
    if (place.current >= 0 && box.current.value !== prompts[place.current]) place.current = -1;
    if (event.key === "ArrowDown") go(-1);
    else if (place.current >= 0) go(1);
    else {
      kept.current = box.current.value;
      wanted.current = true;
      onRead();
    }
    return true;
  };
  return { keys };
}
