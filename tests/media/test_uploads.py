"""What is taken from people and what is refused: by content, in one sentence, with nothing left behind."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageCms

from sorceress_video.media.containers import is_faststart
from sorceress_video.media.errors import MediaRefused, StorageFull
from sorceress_video.media.filetype import MediaKind, file_type
from sorceress_video.media.limits import UploadLimits
from sorceress_video.media.uploads import AcceptedMedia, accept_upload
from tests.media import files
from tests.media.conftest import Named
from tests.media.disks import full_after_a_mebibyte
from tests.media.mutations import damaged

IMAGE = frozenset({MediaKind.IMAGE})
VIDEO = frozenset({MediaKind.VIDEO})
AUDIO = frozenset({MediaKind.AUDIO})
ANY = frozenset(MediaKind)


def refused(
    path: Path, kinds: frozenset[MediaKind] = ANY, limits: UploadLimits | None = None
) -> MediaRefused:
    """The refusal of a file; checks that it is one sentence and that nothing was written."""
    before = set(path.parent.iterdir())
    with pytest.raises(MediaRefused) as caught:
        accept_upload(path, kinds=kinds, limits=limits)
    sentence = caught.value.sentence
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert set(path.parent.iterdir()) == before
    return caught.value


def opened(media: AcceptedMedia) -> Image.Image:
    with Image.open(media.path) as image:
        image.load()
        return image


# --- images


@pytest.mark.parametrize(
    ("image_format", "mime", "suffix"),
    [("PNG", "image/png", ".png"), ("JPEG", "image/jpeg", ".jpg"), ("WEBP", "image/jpeg", ".jpg")],
)
def test_an_image_is_judged_by_its_content(named: Named, image_format: str, mime: str, suffix: str) -> None:
    media = accept_upload(named("upload.mp4", files.picture(image_format)), kinds=ANY)
    assert (media.kind, media.mime, media.suffix) == (MediaKind.IMAGE, mime, suffix)
    assert (media.width, media.height, media.notes) == (200, 120, ())
    assert media.size == media.path.stat().st_size
    assert media.thumbnail is not None
    with Image.open(media.thumbnail) as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("WEBP", (200, 120))
    media.discard()
    assert [path.name for path in media.path.parent.iterdir()] == ["upload.mp4"]


def test_a_thumbnail_is_small_and_keeps_the_shape(named: Named) -> None:
    media = accept_upload(named("wide", files.picture("JPEG", (2000, 1000))), kinds=IMAGE)
    assert (media.width, media.height) == (2000, 1000)
    assert media.thumbnail is not None
    with Image.open(media.thumbnail) as thumbnail:
        assert thumbnail.size == (512, 256)


def test_a_png_keeps_its_exact_pixels_and_its_transparency(named: Named) -> None:
    for mode in ("RGB", "RGBA"):
        content = files.picture("PNG", mode=mode)
        media = accept_upload(named(f"drawing-{mode}", content), kinds=IMAGE)
        with Image.open(io.BytesIO(content)) as original:
            assert np.array_equal(np.asarray(opened(media)), np.asarray(original))
        assert opened(media).mode == mode


def test_a_large_png_without_transparency_becomes_a_jpeg(named: Named) -> None:
    media = accept_upload(named("render", files.picture("PNG", (2400, 1800), mode="RGB")), kinds=IMAGE)
    assert (media.mime, opened(media).format) == ("image/jpeg", "JPEG")


def test_a_photo_is_turned_upright_and_loses_its_place_and_its_tail(named: Named) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "a camera"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    photo = files.picture("JPEG", exif=exif.tobytes(), comment=b"a private remark", quality=90)
    media = accept_upload(named("photo.jpg", photo + b"tail of another kind"), kinds=IMAGE)
    assert (media.width, media.height) == (120, 200)
    clean = media.path.read_bytes()
    for trace in (b"Exif", b"a camera", b"a private remark", b"tail of another kind"):
        assert trace not in clean
    left = np.asarray(opened(media)).astype(int)
    with Image.open(io.BytesIO(photo)) as original:
        turned = np.asarray(original.transpose(Image.Transpose.ROTATE_270)).astype(int)
    assert np.abs(left - turned).mean() < 3


def test_a_photo_does_not_grow_when_it_is_written_anew(named: Named) -> None:
    noise = Image.effect_noise((800, 600), 40).convert("RGB")
    target = io.BytesIO()
    noise.save(target, "JPEG", quality=85)
    media = accept_upload(named("photo", target.getvalue()), kinds=IMAGE)
    assert media.size < len(target.getvalue()) * 1.02
    assert np.abs(np.asarray(opened(media)).astype(int) - np.asarray(noise)).mean() < 5


def test_colours_of_another_profile_become_srgb(named: Named) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    named_wrong = accept_upload(named("lab", files.picture("JPEG", icc_profile=profile)), kinds=IMAGE)
    broken = accept_upload(named("broken", files.picture("JPEG", icc_profile=b"nonsense" * 40)), kinds=IMAGE)
    for media in (named_wrong, broken):
        assert "icc_profile" not in opened(media).info


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "I;16", "CMYK"])
def test_every_kind_of_pixel_becomes_rgb(named: Named, mode: str) -> None:
    target = io.BytesIO()
    if mode == "I;16":
        Image.fromarray(np.full((64, 64), 0x8000, np.uint16)).save(target, "PNG")
    else:
        image = Image.new("L", (64, 64), 128).convert(mode)
        image.save(target, "JPEG" if mode == "CMYK" else "PNG")
    media = accept_upload(named("pixels", target.getvalue()), kinds=IMAGE)
    assert opened(media).mode == "RGB"
    value = int(np.asarray(opened(media))[10, 10, 0])
    assert value in (0, 255) if mode == "1" else abs(value - 128) < 6


def test_an_animated_image_gives_its_first_frame_and_says_so(named: Named) -> None:
    shades = [Image.new("RGB", (64, 64), (shade, 0, 0)) for shade in (200, 100, 0)]
    target = io.BytesIO()
    shades[0].save(target, "WEBP", save_all=True, append_images=shades[1:], lossless=True)
    media = accept_upload(named("moving", target.getvalue()), kinds=IMAGE)
    assert media.notes == ("The image is animated; only the first of its 3 frames is used.",)
    assert abs(int(np.asarray(opened(media))[5, 5, 0]) - 200) < 4


def test_a_zip_behind_a_jpeg_does_not_get_through(named: Named) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as bundle:
        bundle.writestr("evil.html", "<script>alert(1)</script>")
    path = named("polyglot.jpg", files.picture("JPEG") + archive.getvalue())
    assert zipfile.is_zipfile(path)
    media = accept_upload(path, kinds=IMAGE)
    assert not zipfile.is_zipfile(media.path)


def test_a_tiny_file_with_a_huge_image_is_refused_without_decoding_it(named: Named) -> None:
    bomb = files.png_bomb()
    assert len(bomb) < 20_000
    error = refused(named("bomb.png", bomb), IMAGE)
    assert error.code == "too_many_pixels"
    assert error.sentence == ("The image is 12000×12000 pixels (144 million); up to 40 million are accepted.")


def test_a_webp_that_claims_a_huge_canvas_is_refused(named: Named) -> None:
    claim = (16_382).to_bytes(3, "little") * 2
    content = b"RIFF\x40\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00" + claim + b"ANIM" + b"\x00" * 60
    assert refused(named("claim.webp", content)).code == "too_many_pixels"


def test_an_image_below_the_callers_side_is_refused_with_both_numbers(named: Named) -> None:
    error = refused(named("dot.png", files.picture("PNG", (1, 1))), limits=UploadLimits(min_side=300))
    assert (error.code, error.sentence) == (
        "too_small",
        "The image is 1×1 pixels; each side needs at least 300.",
    )


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_a_cut_image_is_refused(named: Named, image_format: str) -> None:
    content = files.picture(image_format, (800, 600))
    error = refused(named("cut", content[: len(content) * 2 // 3]))
    assert error.code in ("truncated", "unreadable")


# --- what a file really is


@pytest.mark.parametrize(
    ("content", "called"),
    [
        (b"ffconcat version 1.0\nfile victim.mp4\n", "a list of other files"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "a playlist"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "an SVG drawing"),
        (b"<?xml version='1.0'?>\n<!-- -->\n<svg onload='alert(1)'/>", "an SVG drawing"),
        (b"<!DOCTYPE html><html><body>503</body></html>", "a web page"),
        (b'{"error": "expired"}', "a JSON document"),
        (b"GIF89a\xff\xff\xff\xff" + b"\x00" * 100, "a GIF image"),
        (b"PK\x03\x04" + b"\x00" * 50, "a ZIP archive"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 50, "an HEIC photo"),
        (b"RIFF\x00\x00\x00\x00AVI LIST" + b"\x00" * 50, "an AVI video"),
        (b"hello there", "a text file"),
        (b"\x00\x01\x02\x03" * 50, "a file of an unknown type"),
    ],
)
def test_a_file_is_refused_by_what_it_really_is(named: Named, content: bytes, called: str) -> None:
    error = refused(named("holiday.mp4", content), VIDEO)
    assert error.code == "wrong_kind"
    assert error.sentence == f"This is {called}; a video (MP4, MOV, WebM or MKV) is needed here."


def test_an_image_named_as_a_video_is_refused_where_a_video_is_needed(named: Named) -> None:
    error = refused(named("clip.mp4", files.picture("PNG")), VIDEO)
    assert error.sentence == "This is a PNG image; a video (MP4, MOV, WebM or MKV) is needed here."
    assert accept_upload(named("frame.mp4", files.picture("PNG")), kinds=IMAGE).mime == "image/png"


def test_an_empty_file_is_refused(named: Named) -> None:
    assert refused(named("empty.mp4", b"")).code == "empty"


def test_a_file_over_the_limit_is_refused_with_both_numbers(named: Named) -> None:
    error = refused(
        named("large.png", b"\x89PNG" + b"\x00" * 3_000_000), limits=UploadLimits(max_bytes=1024**2)
    )
    assert (error.code, error.sentence) == ("too_large", "The file is 2.9 MB; up to 1 MB are accepted.")


def test_a_link_is_not_an_upload(folder: Path, clip: Path) -> None:
    link = folder / "link.mp4"
    link.symlink_to(clip)
    with pytest.raises(FileNotFoundError):
        accept_upload(link, kinds=ANY)


# --- videos


def test_a_video_is_measured_and_loses_its_tags(folder: Path, clip: Path, named: Named) -> None:
    media = accept_upload(named("clip.bin", clip.read_bytes()), kinds=VIDEO)
    assert (media.kind, media.mime, media.suffix, media.codec) == (
        MediaKind.VIDEO,
        "video/mp4",
        ".mp4",
        "h264",
    )
    assert (media.width, media.height, media.fps, media.frames, media.has_audio) == (320, 180, 24.0, 48, True)
    assert media.seconds == pytest.approx(2.0, abs=0.05)
    assert b"secret" in clip.read_bytes()
    assert b"secret" not in media.path.read_bytes()
    assert is_faststart(media.path)
    assert media.thumbnail is not None
    with Image.open(media.thumbnail) as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("WEBP", (320, 180))


@pytest.mark.parametrize(
    ("format_name", "codec", "mime"),
    [
        ("mov", "libx264", "video/mp4"),
        ("matroska", "libx264", "video/mp4"),
        ("webm", "libvpx-vp9", "video/mp4"),
        ("webm", "libvpx", "video/webm"),
        ("mp4", "libx265", "video/mp4"),
    ],
)
def test_the_containers_of_cameras_and_browsers_are_taken(
    folder: Path, format_name: str, codec: str, mime: str
) -> None:
    path = files.write_other(folder / "upload", format_name=format_name, codec=codec)
    media = accept_upload(path, kinds=VIDEO)
    assert (media.mime, media.width, media.height, media.frames) == (mime, 320, 180, 24)
    with av.open(str(media.path)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 24


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_phone_video_is_measured_and_shown_upright(
    folder: Path, clip: Path, named: Named, degrees: int
) -> None:
    path = files.turn(named("phone.mov", clip.read_bytes()), degrees)
    media = accept_upload(path, kinds=VIDEO)
    assert (media.width, media.height) == ((180, 320) if degrees % 180 else (320, 180))
    assert media.thumbnail is not None
    with Image.open(media.thumbnail) as thumbnail:
        assert thumbnail.size == (media.width, media.height)
        width, height = thumbnail.size
        # The right half of the clip is red: clockwise it comes to the bottom, the left, the top.
        spot = {90: (width // 2, height - 20), 180: (20, height // 2), 270: (width // 2, 20)}[degrees]
        red, green, _ = thumbnail.convert("RGB").getpixel(spot)  # type: ignore[misc]
        assert red > 150
        assert green < 80


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_a_video_that_was_cut_off_after_its_index_is_refused(clip: Path, named: Named, share: float) -> None:
    content = clip.read_bytes()
    error = refused(named("cut.mp4", content[: int(len(content) * share)]), VIDEO)
    assert error.code in ("truncated", "unreadable")
    if share >= 0.9:
        assert error.code == "truncated"


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_cut_matroska_video_is_refused(folder: Path, share: float) -> None:
    path = files.write_other(folder / "whole", format_name="matroska", codec="libx264", frames=96)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert refused(path).code in ("truncated", "unreadable")


def test_a_list_of_files_behind_a_video_header_reads_no_other_file(
    folder: Path, clip: Path, named: Named
) -> None:
    (folder / "victim.mp4").write_bytes(clip.read_bytes())
    path = named("list.mp4", b"\x00\x00\x00\x08ftypffconcat version 1.0\nfile victim.mp4\n")
    assert refused(path, VIDEO).code == "unreadable"


def test_a_video_with_too_many_pixels_is_refused_before_a_frame_is_decoded(folder: Path) -> None:
    path = files.write_other(
        folder / "large.mp4", format_name="mp4", codec="libx264", frames=1, size=(6000, 3000)
    )
    error = refused(path)
    assert error.code == "too_many_pixels"
    assert error.sentence.startswith("The video is 6000×3000 pixels (18 million); up to 17 million")


def test_a_video_with_too_many_tracks_is_refused(folder: Path) -> None:
    path = files.write_other(folder / "tracks.mp4", format_name="mp4", codec="libx264", frames=4, tracks=5)
    assert refused(path).sentence == ("The video has 5 tracks; up to 4 of picture and sound are accepted.")


def test_a_codec_that_nobody_plays_is_refused_by_name(folder: Path) -> None:
    path = files.write_other(folder / "old.mp4", format_name="mp4", codec="mpeg4")
    assert refused(path).sentence == (
        "The video is encoded as mpeg4; H.264, HEVC, VP8, VP9 or AV1 is needed."
    )


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (UploadLimits(max_seconds=1.5), "The video is 2.0 s long; up to 1.5 s are accepted."),
        (UploadLimits(min_seconds=3), "The video is 2.0 s long; at least 3 s are needed."),
        (UploadLimits(min_side=200), "The video is 320×180 pixels; each side needs at least 200."),
        (UploadLimits(max_fps=20), "The video has 24 frames a second; up to 20 are accepted."),
    ],
)
def test_a_broken_limit_is_named_with_the_measured_value(
    clip: Path, named: Named, limits: UploadLimits, sentence: str
) -> None:
    assert refused(named("clip.mp4", clip.read_bytes()), limits=limits).sentence == sentence


def test_sound_alone_is_not_a_video(folder: Path) -> None:
    path = files.write_sound(folder / "song.mp4", format_name="mp4", codec="aac")
    assert refused(path, VIDEO).code == "no_video"


# --- sound


@pytest.mark.parametrize(
    ("format_name", "codec", "mime"),
    [("mp3", "mp3", "audio/mpeg"), ("wav", "pcm_s16le", "audio/wav"), ("ipod", "aac", "audio/mp4")],
)
def test_sound_is_measured_and_loses_its_tags(folder: Path, format_name: str, codec: str, mime: str) -> None:
    path = files.write_sound(folder / "voice", format_name=format_name, codec=codec)
    assert b"secret" in path.read_bytes()
    media = accept_upload(path, kinds=AUDIO)
    assert (media.kind, media.mime, media.thumbnail, media.width) == (MediaKind.AUDIO, mime, None, None)
    assert media.seconds == pytest.approx(1.0, abs=0.1)
    assert b"secret" not in media.path.read_bytes()


# --- damage and trouble


@pytest.mark.parametrize(("task", "count"), [("accept_video", 200), ("accept_image", 50)])
def test_hundreds_of_damaged_files_are_each_judged(folder: Path, named: Named, task: str, count: int) -> None:
    good = named("photo", files.picture("PNG"))
    if task == "accept_video":
        good = files.write_clip(folder / "good.mp4", frames=12, size=(96, 64))
    command = [sys.executable, "-m", "tests.media.mutations", task, str(good), str(count), str(folder)]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    verdicts = json.loads(done.stdout)
    assert sum(verdicts.values()) == count
    assert set(verdicts) <= {
        "accepted",
        "truncated",
        "unreadable",
        "no_frames",
        "no_video",
        "codec",
        "too_many_pixels",
        "too_many_frames",
        "too_long",
        "too_small",
        "decoder_memory",
    }, verdicts
    assert verdicts["accepted"] < count * 0.9
    assert verdicts["unreadable"] > 5


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_upload_is_accepted_whole_or_refused_whole(clip: Path, named: Named, seed: int) -> None:
    path = named("upload.mp4", damaged(clip.read_bytes(), seed))
    try:
        accept_upload(path, kinds=ANY).discard()
    except MediaRefused as error:
        verdict = error.sentence
    else:
        verdict = "Accepted."
    assert verdict.endswith(".")
    assert [found.name for found in path.parent.iterdir()] == ["upload.mp4"]


def test_a_full_disk_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    place = tmp_path / "small"
    noise = tmp_path / "noise.png"
    with Image.effect_noise((560, 560), 90) as grey:
        Image.merge("RGB", (grey, grey, grey)).save(noise, compress_level=6)
    with full_after_a_mebibyte(place):
        source = place / "upload"
        source.write_bytes(noise.read_bytes())
        (place / "ballast").write_bytes(bytes(1024 * 1024 - source.stat().st_size - 120_000))
        with pytest.raises(StorageFull):
            accept_upload(source, kinds=IMAGE)
        assert sorted(path.name for path in place.iterdir()) == ["ballast", "upload"]


def test_types_are_told_by_the_first_bytes_alone() -> None:
    assert file_type(b"\xff\xfb\x90\x64" + b"\x00" * 100).kind is MediaKind.AUDIO
    assert file_type(b"\x00\x00\x00\x20ftypisom").kind is MediaKind.VIDEO
    assert file_type(b"\x00\x00\x00\x20ftypM4A ").kind is MediaKind.AUDIO
    assert file_type(b"\x00\x00\x00\x08wide\x00\x00").kind is MediaKind.VIDEO
