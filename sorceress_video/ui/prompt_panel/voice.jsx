import { createElement as h, useEffect, useRef, useState } from "react";
import { Mic, MicOff } from "lucide-react";

const LISTENING = "Listening... speak now";
const SHORTEST_TURN = 400; // ms; a recogniser that ends sooner than this does not want to listen

const TROUBLES = {
  "not-allowed": "The microphone is not allowed here. Allow it in the browser's site settings, then try again.",
  "service-not-allowed": "This browser does not allow speech recognition here.",
  "audio-capture": "No microphone was found. Connect one, then try again.",
  network: "The browser's speech recognition could not be reached. Check the connection, then try again.",
  "no-speech": "Nothing was heard. Try again, nearer to the microphone.",
  "language-not-supported": "The browser does not recognise speech in this language.",
};

const recogniser = () => globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;
const wordsOf = (code) => TROUBLES[code] ?? `The browser stopped listening (${code || "no reason given"}).`;

/**
 * Speech as text. `onFinal` gets each recognised phrase; `interim` is what may still change. The recogniser ends
 * by itself after a pause (on phones after every phrase), so it is started again until the person stops it.
 */
export function useVoice(onFinal) {
  const [supported, setSupported] = useState(false);
  const [listening, setListening] = useState(false);
  const [interim, setInterim] = useState("");
  const [trouble, setTrouble] = useState("");
  const running = useRef(null); // the recogniser that is wanted, or null
  const deliver = useRef(onFinal);
  deliver.current = onFinal;

  useEffect(() => {
    setSupported(Boolean(recogniser()));
    return () => {
      const left = running.current;
      running.current = null;
      left?.abort();
    };
  }, []);

  const rest = (why = "") => {
    running.current = null;
    setListening(false);
    setInterim("");
    setTrouble(why);
  };

  const start = () => {
    const speech = new (recogniser())();
    let began = 0;
    let heard = false;
    speech.lang = navigator.language || "en";
    speech.interimResults = true;
    // Chrome on Android repeats what it has delivered when it listens on.
    speech.continuous = !/Android/.test(navigator.userAgent);
    speech.onresult = (event) => {
      let pending = "";
      heard = true;
      for (let place = event.resultIndex; place < event.results.length; place += 1) {
        const result = event.results[place];
        const words = result[0].transcript.trim();
        if (!result.isFinal) pending += ` ${words}`;
        else if (words) deliver.current(words);
      }
      if (running.current === speech) setInterim(pending.trim());
    };
    speech.onerror = (event) => {
      if (running.current !== speech) return;
      rest(event.error === "aborted" ? "" : wordsOf(event.error));
    };
    speech.onend = () => {
      if (running.current !== speech) return;
      setInterim("");
      if (!heard && Date.now() - began < SHORTEST_TURN) rest(wordsOf("no-speech"));
      else begin();
    };
    const begin = () => {
      began = Date.now();
      heard = false;
      try {
        speech.start();
      } catch (error) {
        rest(wordsOf(error.name === "NotAllowedError" ? "not-allowed" : error.name));
      }
    };
    running.current = speech;
    setTrouble("");
    setListening(true);
    begin();
  };

  const toggle = () => {
    const speech = running.current;
    if (!speech) return start();
    rest();
    speech.stop(); // What was said before the click still comes as a last result.
  };
  return { supported, listening, interim, trouble, toggle };
}

/** The microphone beside the label. Its place is kept where the browser has no speech recognition. */
export function VoiceButton({ voice }) {
  const { supported, listening, toggle } = voice;
  return h(
    "span",
    { className: "voice-place" },
    supported &&
      h(
        "button",
        {
          type: "button",
          className: "voice-button",
          "aria-label": "Speak the prompt",
          "aria-pressed": listening,
          "data-tip": listening ? "Stop listening" : "Speak the prompt",
          "data-testid": "voice",
          onClick: toggle,
        },
        h(listening ? MicOff : Mic, { size: 15, strokeWidth: 1.75, "aria-hidden": true }),
      ),
  );
}

/** “Listening... speak now”, for eyes and screen readers. */
export function VoiceStatus({ voice }) {
  return h(
    "span",
    { role: "status", className: "voice-status", "data-testid": "voice-status" },
    voice.listening ? LISTENING : "",
  );
}

/** What is being heard, faintly, over the foot of the prompt box. */
export function VoiceInterim({ voice }) {
  if (!voice.interim) return null;
  return h("p", { className: "voice-interim", "aria-hidden": true, "data-testid": "voice-interim" }, voice.interim);
}

/** Why it does not listen. */
export function VoiceTrouble({ voice }) {
  return h(
    "p",
    { role: "alert", className: "text-sm text-bad text-pretty empty:hidden", "data-testid": "voice-trouble" },
    voice.trouble,
  );
}
