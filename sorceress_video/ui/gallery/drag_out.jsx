const CLIP = "application/x-sorceress-clip";

/** What a clip is called as a file: its model and the first part of its id. */
export const fileName = (clip) => `${clip.model.toLowerCase().replaceAll(" ", "-")}-${clip.id.slice(0, 10)}.mp4`;

/**
 * A clip leaves its card: for panels of this page as JSON with its id, for other pages as a link, for the computer as
 * a file. What hangs on the pointer is its poster.
 */
export function startDrag(event, clip, picture) {
  const file = new URL(`/api/clips/${clip.id}/download`, location.href);
  const data = event.dataTransfer;
  data.effectAllowed = "copy";
  data.setData(
    CLIP,
    JSON.stringify({
      id: clip.id,
      name: fileName(clip),
      mime: "video/mp4",
      width: clip.width,
      height: clip.height,
      seconds: clip.seconds,
      video: clip.video,
      poster: clip.poster,
    }),
  );
  data.setData("text/uri-list", file.href);
  data.setData("DownloadURL", `video/mp4:${fileName(clip)}:${file.href}`);
  const poster = picture.querySelector("[data-testid=card-poster]");
  if (poster) data.setDragImage(poster, 24, 24);
}
