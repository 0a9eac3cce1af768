import { useCallback, useEffect, useMemo, useReducer, useRef } from "react";

const FAR = 0.2; // seconds of drift that only a jump mends
const NEAR = 0.012; // seconds of drift that nobody sees
const CORRECTION = 0.6; // how much of the drift a second of playing mends
const READY = 3; // HTMLMediaElement.HAVE_FUTURE_DATA

const clamp = (number, low, high) => Math.min(Math.max(number, low), high);

/**
 * One play head for several films of different lengths and rates. Time is the common clock's, in seconds; a film's
 * own time is that plus its offset. Before its beginning a film holds its first frame, after its end its last.
 * While one film has to load, the clock stands still and the others wait.
 *
 * `films`: the elements, by place; `sides`: {fps, seconds, offset in frames, shown}; `onSilenced`: the browser plays
 * nothing with sound yet.
 */
export function useClock(films, sides, onSilenced) {
  const state = useRef({ time: 0, at: 0, playing: false, waiting: false, speed: 1, loop: true });
  const [, redraw] = useReducer((count) => count + 1, 0);
  const latest = useRef(sides);
  latest.current = sides;
  const silenced = useRef(onSilenced);
  silenced.current = onSilenced;

  const ahead = (side) => side.offset / side.fps;
  const length = useMemo(
    () => Math.max(0.04, ...sides.filter((side) => side.shown).map((side) => side.seconds - ahead(side))),
    [sides],
  );
  const rate = useMemo(() => Math.max(...sides.map((side) => side.fps), 1), [sides]);

  /** The film's own time; `inside` says whether the film moves there. */
  const own = (side, time) => {
    const wanted = time + ahead(side);
    const last = Math.max(0, side.seconds - 1 / side.fps);
    return { time: clamp(wanted, 0, last), inside: wanted >= 0 && wanted < last };
  };

  /** Every film on the very frame of the clock: the middle of a frame is safe from rounding. */
  const settle = useCallback(() => {
    const { time } = state.current;
    latest.current.forEach((side, place) => {
      const film = films.current[place];
      if (!film) return;
      film.pause();
      film.playbackRate = state.current.speed;
      const frame = Math.floor(own(side, time).time * side.fps + 1e-3);
      const target = (frame + 0.5) / side.fps;
      if (Math.abs(film.currentTime - target) > 0.1 / side.fps) film.currentTime = target;
    });
  }, [films]);

  const keepTogether = useCallback(() => {
    const { time, speed } = state.current;
    let held = false;
    latest.current.forEach((side, place) => {
      const film = films.current[place];
      if (!film || !side.shown) return film?.pause();
      const target = own(side, time);
      if (!target.inside) {
        film.pause();
        if (Math.abs(film.currentTime - target.time) > 1 / side.fps) film.currentTime = target.time;
        return undefined;
      }
      const drift = film.currentTime - target.time;
      if (film.seeking || film.readyState < READY) held = true;
      else if (Math.abs(drift) > FAR) {
        film.currentTime = target.time;
        held = true;
      } else film.playbackRate = Math.abs(drift) < NEAR ? speed : speed * clamp(1 - drift * CORRECTION * 4, 0.7, 1.4);
      return undefined;
    });
    latest.current.forEach((side, place) => {
      const film = films.current[place];
      if (!film || !side.shown || !own(side, time).inside) return;
      if (held) film.pause();
      else if (film.paused)
        film.play().catch((refused) => {
          if (refused.name === "NotAllowedError") silenced.current?.(); // The browser wants a gesture first.
        });
    });
    return held;
  }, [films]);

  // The clock runs on the screen's own beat; drawing follows it.
  useEffect(() => {
    let id = 0;
    const beat = (now) => {
      const mine = state.current;
      if (mine.playing) {
        if (!mine.waiting && mine.at) mine.time += ((now - mine.at) / 1000) * mine.speed;
        mine.at = now;
        if (mine.time >= length) {
          if (mine.loop) mine.time = 0;
          else {
            mine.time = length;
            mine.playing = false;
          }
        }
        if (mine.playing) mine.waiting = keepTogether();
        else settle();
        redraw();
      }
      id = requestAnimationFrame(beat);
    };
    id = requestAnimationFrame(beat);
    return () => cancelAnimationFrame(id);
  }, [length, keepTogether, settle]);

  // Another offset, layout or set of clips: everything takes its place anew.
  useEffect(() => {
    state.current.time = clamp(state.current.time, 0, length);
    if (!state.current.playing) settle();
    redraw();
  }, [sides, length, settle]);

  const act = useMemo(() => {
    const stop = () => {
      state.current.playing = false;
      // A pause stands on a frame, so that a step leaves from it.
      state.current.time = Math.floor(state.current.time * rate + 1e-3) / rate;
      settle();
      redraw();
    };
    const seek = (time) => {
      state.current.time = clamp(time, 0, length);
      state.current.at = 0;
      if (!state.current.playing) settle();
      redraw();
    };
    return {
      play: () => {
        if (state.current.time >= length - 0.5 / rate) state.current.time = 0;
        Object.assign(state.current, { playing: true, waiting: true, at: 0 });
        redraw();
      },
      stop,
      seek,
      toggle: () => (state.current.playing ? stop() : act.play()),
      step: (way) => {
        if (state.current.playing) stop();
        seek((Math.round(state.current.time * rate) + way) / rate);
      },
      speed: (speed) => {
        state.current.speed = speed;
        if (!state.current.playing) settle();
        redraw();
      },
      loop: () => {
        state.current.loop = !state.current.loop;
        redraw();
      },
    };
  }, [length, rate, settle]);

  return { ...state.current, length, rate, act };
}
