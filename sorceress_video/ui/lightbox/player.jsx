import { createElement as h, useCallback, useEffect, useImperativeHandle, useRef, useState } from "react";
import { Maximize, Minimize, Pause, Play, Repeat, StepBack, StepForward, Volume2, VolumeX } from "lucide-react";

const SPEEDS = [0.25, 0.5, 1, 1.5, 2];
const USUAL_FPS = 24;
const REST = 2200; // ms without a move until the controls withdraw from a playing clip

const wanted = { muted: false, loop: true, speed: 1 }; // kept from clip to clip

let moment = () => 0; // of the player that stands now

/** The second of the clip's own clock from which the frame on screen is shown. */
export const momentOnScreen = () => moment();

const two = (number) => String(number).padStart(2, "0");

/** “00:01.21”: minutes, seconds, frames. */
export function timecode(seconds, fps) {
  const frames = Math.max(0, Math.floor(seconds * fps + 1e-3));
  const whole = Math.floor(frames / fps);
  return `${two(Math.floor(whole / 60))}:${two(whole % 60)}.${two(Math.floor(frames - whole * fps))}`;
}

export function Control({ icon, label, keys, testid, pressed, onClick, className = "", ...rest }) {
  return h(
    "button",
    {
      ...rest,
      type: "button",
      onClick,
      "data-player": true,
      "data-testid": testid,
      "aria-label": label,
      "aria-pressed": pressed,
      title: keys ? `${label} (${keys})` : label,
      className: `grid place-items-center size-8 pointer-coarse:size-11 rounded-sm text-text-1 cursor-pointer transition-colors hover:bg-white/15 outline-none focus-visible:ring-2 focus-visible:ring-accent disabled:opacity-40 disabled:pointer-events-none ${className}`,
    },
    typeof icon === "string" ? icon : h(icon, { size: 17, strokeWidth: 1.75, "aria-hidden": true }),
  );
}

/**
 * A clip with its own controls. `fps` is 0 until it is known; `sound` says whether the clip has any. `handle`
 * gets `{toggle, frame, full, mute, loop}` for keys that are pressed elsewhere in the lightbox.
 */
export function Player({ handle, clip, ratio, fps, sound, still }) {
  const box = useRef(null);
  const video = useRef(null);
  const rest = useRef(0);
  const [playing, setPlaying] = useState(false);
  const [time, setTime] = useState(0);
  const [length, setLength] = useState(0);
  const [awake, setAwake] = useState(true);
  const [full, setFull] = useState(false);
  const [trouble, setTrouble] = useState(false);
  const [options, setOptions] = useState({ ...wanted });
  const rate = fps > 0 ? fps : USUAL_FPS;

  const choose = useCallback((change) => {
    Object.assign(wanted, change);
    setOptions({ ...wanted });
  }, []);

  useEffect(() => {
    const film = video.current;
    if (!film) return;
    film.muted = options.muted;
    film.loop = options.loop;
    film.playbackRate = options.speed;
  }, [options]);

  const play = useCallback(() => {
    const film = video.current;
    film.play().catch((refused) => {
      // Browsers that want silence before a first gesture get it; the button shows that the sound is off.
      if (refused.name !== "NotAllowedError" || film.muted) return;
      film.muted = true;
      setOptions((old) => ({ ...old, muted: true }));
      film.play().catch(() => {});
    });
  }, []);

  useEffect(() => {
    if (!still) play();
  }, [play, still]);

  useEffect(() => {
    const film = video.current;
    return () => {
      film.pause();
      film.removeAttribute("src"); // Frees the connection at once.
      film.load();
    };
  }, []);

  useEffect(() => {
    let id = 0;
    const follow = () => {
      if (video.current) setTime(video.current.currentTime);
      id = requestAnimationFrame(follow);
    };
    if (playing) follow();
    return () => cancelAnimationFrame(id);
  }, [playing]);

  // What is on screen is what was handed to the screen last, and not what the clock says a moment later.
  useEffect(() => {
    const film = video.current;
    let shown = null;
    let asked = 0;
    const note = (_now, { mediaTime }) => {
      shown = mediaTime;
      asked = film.requestVideoFrameCallback(note);
    };
    asked = film.requestVideoFrameCallback?.(note);
    moment = () => (shown !== null && !film.seeking ? shown : film.currentTime);
    return () => film.cancelVideoFrameCallback?.(asked);
  }, []);

  const wake = useCallback(() => {
    setAwake(true);
    clearTimeout(rest.current);
    rest.current = setTimeout(() => setAwake(false), REST);
  }, []);
  useEffect(() => {
    wake();
    return () => clearTimeout(rest.current);
  }, [wake]);

  useEffect(() => {
    const change = () => setFull(document.fullscreenElement === box.current);
    document.addEventListener("fullscreenchange", change);
    return () => document.removeEventListener("fullscreenchange", change);
  }, []);

  const toggle = () => (video.current.paused ? play() : video.current.pause());
  const seek = (seconds) => {
    const film = video.current;
    film.currentTime = Math.min(Math.max(0, seconds), Math.max(0, (film.duration || 0) - 0.001));
    setTime(film.currentTime);
  };
  const frame = (way) => {
    const film = video.current;
    film.pause();
    // The middle of a frame is safe from rounding to its neighbour.
    seek((Math.floor(film.currentTime * rate + 1e-3) + way + 0.5) / rate);
    wake();
  };
  const fullscreen = () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (box.current.requestFullscreen) box.current.requestFullscreen();
    else video.current.webkitEnterFullscreen?.();
  };
  const mute = () => sound && choose({ muted: !options.muted });
  const loop = () => choose({ loop: !options.loop });
  const faster = () => choose({ speed: SPEEDS[(SPEEDS.indexOf(options.speed) + 1) % SPEEDS.length] });

  useImperativeHandle(handle, () => ({ toggle, frame, full: fullscreen, mute, loop }));

  const visible = awake || !playing;
  return h(
    "div",
    {
      ref: box,
      onPointerMove: wake,
      onFocus: wake,
      "data-testid": "player",
      "data-playing": playing,
      className:
        "group/player @container relative rounded-lg max-lg:rounded-none overflow-hidden bg-black fullscreen:rounded-none fullscreen:!w-screen fullscreen:!h-screen",
      style: {
        width: `max(min(100cqw, 480px), min(100cqw, 100cqh * ${ratio}))`,
        height: `min(100cqh, 100cqw / ${ratio})`,
        cursor: visible ? "auto" : "none",
      },
    },
    h("video", {
      ref: video,
      src: clip.video,
      poster: clip.poster || undefined,
      playsInline: true,
      preload: "auto",
      loop: options.loop,
      muted: options.muted,
      onClick: toggle,
      onPlay: () => setPlaying(true),
      onPause: () => setPlaying(false),
      onLoadedMetadata: (event) => setLength(event.currentTarget.duration),
      onSeeked: (event) => setTime(event.currentTarget.currentTime),
      onError: () => video.current?.getAttribute("src") && setTrouble(true),
      "aria-label": clip.prompt || `Clip by ${clip.model}`,
      "data-testid": "player-film",
      className: "size-full object-contain",
    }),
    trouble &&
      h(
        "p",
        {
          role: "alert",
          className: "absolute inset-0 grid place-items-center px-6 text-center text-base text-text-1 bg-black/60",
        },
        "This clip could not be loaded. Reload the page, or download it.",
      ),
    h(
      "div",
      {
        className: `absolute inset-x-0 bottom-0 flex @max-[560px]:flex-wrap items-center gap-1 @max-[560px]:gap-0 px-3 pb-2.5 pt-12 bg-linear-to-t from-black/80 to-transparent transition-opacity duration-200 focus-within:opacity-100 max-lg:px-1.5 max-lg:pb-1 ${visible ? "opacity-100" : "opacity-0"}`,
      },
      h(Control, {
        icon: playing ? Pause : Play,
        label: playing ? "Pause" : "Play",
        keys: "Space",
        testid: "player-play",
        onClick: toggle,
      }),
      h(Control, {
        icon: StepBack,
        label: "Frame back",
        keys: ",",
        testid: "player-back",
        onClick: () => frame(-1),
      }),
      h(Control, {
        icon: StepForward,
        label: "Frame forward",
        keys: ".",
        testid: "player-forward",
        onClick: () => frame(1),
      }),
      h("input", {
        type: "range",
        min: 0,
        max: length || 1,
        step: 1 / rate,
        value: Math.min(time, length || 1),
        onChange: (event) => seek(Number(event.target.value)),
        onPointerDown: (event) => event.stopPropagation(),
        "aria-label": "Position",
        "aria-valuetext": timecode(time, rate),
        "data-testid": "player-scrub",
        className: "kit-range !w-auto mx-2 @max-[560px]:order-first @max-[560px]:!basis-[calc(100%-16px)] @max-[560px]:!h-7 pointer-coarse:!h-11 [&::-webkit-slider-thumb]:!bg-white [&::-moz-range-thumb]:!bg-white",
        style: { "--at": `${length ? (time / length) * 100 : 0}%`, "--line-strong": "rgb(255 255 255 / 28%)" },
      }),
      h(
        "span",
        {
          className: "figure text-base text-text-1 whitespace-nowrap px-1 @max-[560px]:mr-auto @max-[340px]:sr-only",
          "data-testid": "player-time",
        },
        timecode(time, rate),
        h("span", { className: "@max-[560px]:hidden" }, ` / ${timecode(length, rate)}`),
      ),
      h(Control, {
        icon: Repeat,
        label: "Loop",
        keys: "L",
        testid: "player-loop",
        pressed: options.loop,
        onClick: loop,
        className: `@max-[560px]:hidden ${options.loop ? "!text-accent" : ""}`,
      }),
      h(
        "button",
        {
          type: "button",
          onClick: faster,
          "data-player": true,
          "data-testid": "player-speed",
          "aria-label": `Speed ${options.speed}×`,
          title: "Speed",
          className:
            "h-5 px-1.5 mx-1 rounded-xs border border-white/30 text-sm font-medium text-text-1 figure cursor-pointer hover:bg-white/15 outline-none focus-visible:ring-2 focus-visible:ring-accent relative pointer-coarse:min-w-11 pointer-coarse:mx-0 pointer-coarse:after:absolute pointer-coarse:after:-inset-y-3.5 pointer-coarse:after:inset-x-0",
        },
        `${options.speed}×`,
      ),
      h(Control, {
        icon: sound && !options.muted ? Volume2 : VolumeX,
        label: !sound ? "This clip has no sound" : options.muted ? "Sound on" : "Sound off",
        keys: "M",
        testid: "player-sound",
        disabled: !sound,
        onClick: mute,
      }),
      h(Control, {
        icon: full ? Minimize : Maximize,
        label: full ? "Leave full screen" : "Full screen",
        keys: "F",
        testid: "player-full",
        onClick: fullscreen,
      }),
    ),
  );
}
