import { createElement as h, useEffect, useRef, useState } from "react";
import { Wifi, WifiOff } from "lucide-react";

const GOOD_NEWS = 4000; // ms that “back again” stays

const LOST = "The connection to the workspace is lost. Clips go on; the page comes back by itself.";
const BACK = "Back again. Everything here is as it is now.";

/** Whether there is no network, or none yet through which the server has answered (`heard` grows with its words). */
function useOffline(heard, onAsk) {
  const latest = useRef(null);
  latest.current = { heard, onAsk };
  const [offline, setOffline] = useState(false);
  const [before, setBefore] = useState(null); // the server's last word when the network came back
  useEffect(() => {
    const look = () => setOffline(!navigator.onLine);
    const ask = () => {
      look();
      setBefore(latest.current.heard);
      latest.current.onAsk?.(); // Where this is lost with a dead connection, the next one answers by itself.
    };
    look();
    window.addEventListener("online", ask);
    window.addEventListener("offline", look);
    return () => {
      window.removeEventListener("online", ask);
      window.removeEventListener("offline", look);
    };
  }, []);
  return offline || before === heard;
}

/**
 * Says that the connection is gone, and that it is back. The region itself is always there: screen readers hear
 * only what changes in one that they know. It covers a little and moves nothing.
 */
export function Connection({ lost, heard, onAsk }) {
  const away = useOffline(heard, onAsk) || lost;
  const was = useRef(false);
  const [back, setBack] = useState(false);
  useEffect(() => {
    if (away) {
      was.current = true;
      setBack(false);
      return undefined;
    }
    if (!was.current) return undefined;
    was.current = false;
    setBack(true);
    const timer = setTimeout(() => setBack(false), GOOD_NEWS);
    return () => clearTimeout(timer);
  }, [away]);
  const shown = away || back;
  return h(
    "div",
    { role: "status", className: "relative z-20 h-0" },
    shown &&
      h(
        "p",
        {
          "data-testid": away ? "connection-lost" : "connection-back",
          className: `absolute top-1 inset-x-3.5 max-lg:inset-x-3 max-lg:top-2.5 flex items-center gap-2 px-3 py-2 rounded-sm border bg-bg-2 text-sm shadow-lift ${away ? "border-gold/30 text-gold" : "border-ok/30 text-ok"}`,
        },
        h(away ? WifiOff : Wifi, { size: 15, strokeWidth: 1.75, "aria-hidden": true, className: "shrink-0" }),
        away ? LOST : BACK,
      ),
  );
}
