import { useEffect, useRef } from "react";
import { toast } from "sonner";
import { tagOf } from "./mp4_tags.jsx";

const RECIPE = "ldes"; // the long description of an MP4
const OWN_PLACES = ".slot,.tray"; // what takes files for itself

const filmIn = (transfer) => [...(transfer?.files ?? [])].find((file) => file.type.startsWith("video/"));

/** Hears films that are dropped anywhere on the page, but where something takes files for itself. */
export function FilmDrop({ onRecipe }) {
  const tell = useRef(onRecipe);
  tell.current = onRecipe;
  useEffect(() => {
    const drop = async (event) => {
      const film = filmIn(event.dataTransfer);
      if (!film || event.target.closest?.(OWN_PLACES)) return;
      event.preventDefault();
      // One of the page's own clips, let go where it was taken.
      if (event.dataTransfer.types.includes("application/x-sorceress-clip")) return;
      const text = await tagOf(film, RECIPE).catch(() => "");
      if (text.startsWith("{")) tell.current?.(text);
      else toast.info(`${film.name} does not say how it was made. To use it in a clip, drop it on an input.`);
    };
    document.addEventListener("drop", drop);
    return () => document.removeEventListener("drop", drop);
  }, []);
  return null;
}
