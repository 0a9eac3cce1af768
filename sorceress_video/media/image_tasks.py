"""The child's tasks on images: decode with Pillow, turn upright, write anew with nothing but the pixels."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, JpegImagePlugin, UnidentifiedImageError, WebPImagePlugin

from sorceress_video.media.decoder import INPUT_NAME
from sorceress_video.media.errors import MediaRefused

# Imported by name, because Pillow otherwise imports all its forty formats to find this one.
_FORMATS = ("PNG", "JPEG", WebPImagePlugin.WebPImageFile.format)
# Up to here a PNG keeps its exact pixels (pixel art, screenshots, renders); above it is a photo in practice,
# and a JPEG of this quality is a tenth of the size with no visible loss.
_LOSSLESS_PIXELS = 4_000_000
_JPEG: dict[str, Any] = {"format": "JPEG", "quality": 95, "subsampling": 0}
_PNG: dict[str, Any] = {"format": "PNG", "compress_level": 3}
_WEBP: dict[str, Any] = {"format": "WEBP", "quality": 80, "method": 3}
_CHROMA_SAMPLINGS = (0, 1, 2)


def accept_image(*, min_side: int, max_pixels: int, thumbnail_side: int) -> dict[str, Any]:
    """Write ``clean`` (PNG or JPEG) and ``thumbnail`` (WebP).

    The answer holds width, height (pixels, upright), mime, suffix and notes.
    """
    with open_image(Path(INPUT_NAME), max_pixels) as image:
        source_format, frames = image.format, getattr(image, "n_frames", 1)
        if min(image.size) < min_side:
            raise MediaRefused(
                "too_small",
                f"The image is {image.width}×{image.height} pixels; each side needs at least {min_side}.",
            )
        animated = source_format in ("PNG", "WEBP") and frames > 1
        jpeg = _jpeg_options(image)
        upright = upright_image(image)
    width, height = upright.size
    lossless = upright.mode == "RGBA" or (source_format == "PNG" and width * height <= _LOSSLESS_PIXELS)
    upright.save("clean", **(_PNG if lossless else jpeg))
    _write_thumbnail(upright, thumbnail_side)
    note = f"The image is animated; only the first of its {frames} frames is used."
    return {
        "width": width,
        "height": height,
        "mime": "image/png" if lossless else "image/jpeg",
        "suffix": ".png" if lossless else ".jpg",
        "notes": [note] if animated else [],
    }


def make_thumbnail(*, max_pixels: int, side: int) -> dict[str, Any]:
    """Write ``thumbnail`` (WebP, no side longer than `side`); the answer holds its width and height."""
    with open_image(Path(INPUT_NAME), max_pixels) as image:
        # JPEG can be decoded at a fraction of its size, which saves most of the time.
        image.draft("RGB", (side, side))
        upright = upright_image(image)
    size = _write_thumbnail(upright, side)
    return {"width": size[0], "height": size[1]}


def _jpeg_options(image: Image.Image) -> dict[str, Any]:
    """How to write the pixels as JPEG: a JPEG keeps its own quantisation, which loses and grows the least."""
    if image.mode != "RGB" or not isinstance(image, JpegImagePlugin.JpegImageFile):
        return _JPEG
    sampling = JpegImagePlugin.get_sampling(image)
    if sampling not in _CHROMA_SAMPLINGS:
        return _JPEG
    return {"format": "JPEG", "qtables": image.quantization, "subsampling": sampling}


@contextmanager
def open_image(path: Path, max_pixels: int) -> Iterator[Image.Image]:
    """An image whose size was checked before its pixels were decoded; decoding errors become refusals."""
    # The own check below says by how much; Pillow's only warns up to twice the limit.
    Image.MAX_IMAGE_PIXELS = None
    _check_webp_canvas(path, max_pixels)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(path, formats=_FORMATS) as image:
                _check_pixels(image.width, image.height, max_pixels)
                yield image
    except UnidentifiedImageError as error:
        raise MediaRefused("unreadable", "The image is damaged and cannot be opened.") from error
    except (OSError, SyntaxError, ValueError, EOFError, Warning) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        if "truncated" in str(error):
            raise MediaRefused("truncated", "The image is cut off; its end is missing.") from error
        raise MediaRefused("unreadable", "The image is damaged and cannot be read to its end.") from error


def _check_pixels(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise MediaRefused(
            "too_many_pixels",
            f"The image is {width}×{height} pixels ({width * height / 1e6:.0f} million); "
            f"up to {max_pixels / 1e6:.0f} million are accepted.",
        )


def _check_webp_canvas(path: Path, max_pixels: int) -> None:
    """Pillow's WebP decoder takes memory for the whole canvas as soon as it opens a file."""
    with path.open("rb") as file:
        head = file.read(30)
    if head[12:16] == b"VP8X" and len(head) == 30:
        width = int.from_bytes(head[24:27], "little") + 1
        height = int.from_bytes(head[27:30], "little") + 1
        _check_pixels(width, height, max_pixels)


def upright_image(image: Image.Image) -> Image.Image:
    """The first frame, turned as its EXIF says, in sRGB; RGBA only if anything is see-through, else RGB.

    It carries no remarks, profiles or tags: Pillow would write them into the next file unasked.
    """
    image.load()
    profile = image.info.get("icc_profile")
    # In place and without needless conversions: a copy of a large photo costs as much as decoding it.
    ImageOps.exif_transpose(image, in_place=True)
    turned = image
    if turned.mode.startswith("I") or turned.mode == "F":
        # 16-bit greys: Pillow clips them instead of scaling.
        turned = turned.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if profile:
        turned = _to_srgb(turned, profile)
    if turned.has_transparency_data:
        turned = turned.convert("RGBA")
        if turned.getchannel("A").getextrema() == (255, 255):
            turned = turned.convert("RGB")
    elif turned.mode != "RGB":
        turned = turned.convert("RGB")
    turned.info = {}
    return turned


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Colours as they are meant, since the profile itself is not kept. A broken profile is ignored."""
    from PIL import ImageCms  # noqa: PLC0415  (only photos with a profile pay for its import)

    if image.mode not in ("RGB", "CMYK"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source):
            return image
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return image
    return converted or image


def _write_thumbnail(image: Image.Image, side: int) -> tuple[int, int]:
    scale = min(1.0, side / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    small.save("thumbnail", **_WEBP)
    return size
