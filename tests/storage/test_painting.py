"""Painting: every kind of picture, page and film comes out upright, small, in sRGB and bare; what is hostile ends in a word."""

import io
import struct
import tempfile
import time
from dataclasses import replace
from fractions import Fraction

import av
import pypdfium2
import pytest
from PIL import Image, ImageCms
from pillow_heif import register_heif_opener

from portal.storage import sandbox
from portal.storage.formats import BY_EXTENSION
from portal.storage.painting import FILMS, KINDS, LIMITS, PAINT, PICTURES, sheets_of
from portal.storage.painting.films import FORMATS
from portal.storage.sandbox import Ended
from tests.storage.hostile import locked_pdf
from tests.support.vast import vast_png

register_heif_opener()
EDGES = [320, 1400]
RED, BLUE = (210, 40, 40), (40, 60, 200)
SIDEWAYS = 6  # a phone held upright: the picture lies on its side, and says so


def flag(width=600, height=400, mode="RGB"):
    """Red above, blue below."""
    image = Image.new("RGB", (width, height), BLUE)
    image.paste(RED, (0, 0, width, height // 2))
    return image.convert(mode)


def encoded(image, kind, **more):
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def hidden():
    """What phones write beside a picture: which way up, and where it was taken."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = SIDEWAYS, "a secret place"
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def painted(content, kind, *, page=1, limits=LIMITS, edges=EDGES):
    """What the child says of it, and the pictures it wrote, the largest first."""
    with tempfile.TemporaryFile() as out:
        answer = sandbox.run(PAINT, io.BytesIO(content), out=out, told={"kind": kind, "edges": edges, "page": page}, limits=limits)
        if "sheets" not in answer:
            return answer, []
        images = []
        for sheet in sheets_of(answer, written=out.seek(0, 2)):
            out.seek(sheet.start)
            data = out.read(sheet.bytes)
            assert not any(word in data for word in (b"secret", b"Exif", b"ICC_PROFILE", b"http://ns.adobe.com"))
            images.append(Image.open(io.BytesIO(data)))
            assert images[-1].size == (sheet.width, sheet.height)
            assert Image.MIME[str(images[-1].format)] == sheet.type
    return answer, images


def in_lab(image):
    return ImageCms.profileToProfile(image, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB")


def near(pixel, colour, by=30):
    return all(abs(one - other) <= by for one, other in zip(pixel[:3], colour, strict=True))


def upright(image):
    wide, high = image.size
    return near(image.convert("RGB").getpixel((wide // 2, high // 8)), RED) and near(
        image.convert("RGB").getpixel((wide // 2, high * 7 // 8)), BLUE
    )


def on_its_side(kind, **more):
    """The flag turned as a phone turns it, with the note which way up it belongs."""
    return encoded(flag(1600, 2400).transpose(Image.Transpose.ROTATE_90), kind, exif=hidden().tobytes(), **more)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("jpg", lambda: on_its_side("JPEG")),
        ("png", lambda: on_its_side("PNG", compress_level=1)),
        ("webp", lambda: on_its_side("WEBP", method=0)),
        ("tif", lambda: on_its_side("TIFF")),
        ("heic", lambda: on_its_side("HEIF")),
        ("avif", lambda: on_its_side("AVIF", speed=10)),
    ],
)
def test_pictures_of_phones_stand_upright_and_tell_nothing_but_their_looks(kind, content):
    answer, images = painted(content(), kind)
    assert (answer["width"], answer["height"]) == (1600, 2400)
    assert [max(image.size) for image in images] == [1400, 320]
    assert all(upright(image) and not image.getexif() and "icc_profile" not in image.info for image in images)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("gif", lambda: encoded(flag(mode="P"), "GIF", save_all=True, append_images=[Image.new("P", (600, 400), 1)])),
        ("bmp", lambda: encoded(flag(), "BMP")),
        ("jp2", lambda: encoded(flag(), "JPEG2000")),
        ("tif", lambda: encoded(flag(mode="CMYK"), "TIFF")),
        ("jpg", lambda: encoded(flag(mode="CMYK"), "JPEG", quality=95)),
        ("png", lambda: encoded(flag(mode="P"), "PNG")),
        ("tif", lambda: encoded(in_lab(flag()), "TIFF")),
    ],
)
def test_other_formats_and_colour_models_come_out_the_same(kind, content):
    answer, images = painted(content(), kind)
    assert (answer["width"], answer["height"], answer["pages"]) == (600, 400, 0)
    assert [image.size for image in images] == [(600, 400), (320, 213)] and all(upright(image) for image in images)


def swapped_profile():
    """A profile in which red means blue; only who heeds it sees the flag the right way up."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = profile.find(b"rXYZ", 128), profile.find(b"bXYZ", 128)
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(profile)


def test_colours_are_as_the_pictures_own_profile_means_them():
    profile = swapped_profile().replace("sRGB".encode("utf-16-be"), "Blue".encode("utf-16-be"))
    turned = flag().transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    _, images = painted(encoded(turned, "PNG", icc_profile=profile), "png")
    assert images[0].getpixel((300, 50))[0] > 150 > images[0].getpixel((300, 50))[2], "blue by number is red by its profile"
    _, images = painted(encoded(flag(), "PNG", icc_profile=b"no profile at all"), "png")
    assert upright(images[0])


def test_greys_of_sixteen_bits_keep_their_tone():
    image = Image.new("I;16", (50, 40), 32896)
    _, images = painted(encoded(image, "PNG"), "png")
    assert near(images[0].getpixel((9, 9)), (128, 128, 128), by=3)


def test_what_is_see_through_stays_so_and_what_only_could_be_does_not():
    glass = flag(mode="RGBA")
    glass.putalpha(90)
    _, images = painted(encoded(glass, "PNG"), "png")
    assert images[0].format == "WEBP" and abs(images[0].convert("RGBA").getpixel((9, 9))[3] - 90) < 4
    _, images = painted(encoded(flag(mode="RGBA"), "PNG"), "png")
    assert images[0].format == "JPEG"


def test_a_small_picture_is_not_blown_up():
    answer, images = painted(encoded(flag(40, 30), "PNG"), "png")
    assert [image.size for image in images] == [(40, 30)] and answer["width"] == 40


# --- pages --------------------------------------------------------------------------------------------------------------


def pdf(*sizes):
    document, out = pypdfium2.PdfDocument.new(), io.BytesIO()
    for size in sizes:
        document.new_page(*size)
    document.save(out)
    return out.getvalue()


def flag_pdf():
    return encoded(flag(), "PDF", save_all=True, append_images=[flag().transpose(Image.Transpose.FLIP_TOP_BOTTOM)])


def test_each_page_of_a_document_can_be_painted():
    for page, right_way in ((1, True), (2, False)):
        answer, images = painted(flag_pdf(), "pdf", page=page)
        assert answer["pages"] == 2 and upright(images[0]) is right_way and max(images[0].size) in (1399, 1400)
    assert painted(flag_pdf(), "pdf", page=3)[0] == {"trouble_found": "nothing_to_see", "pages": 2}


@pytest.mark.parametrize("size", [(14_400, 14_400), (1, 14_000), (3, 3), (100_000, 90_000)])
def test_a_page_of_any_size_fits(size):
    _, images = painted(pdf(size), "pdf")
    assert all(max(image.size) <= 1400 for image in images) and images


def test_a_locked_document_says_so():
    assert painted(locked_pdf(), "pdf")[0] == {"trouble_found": "locked", "pages": 0}


# --- films --------------------------------------------------------------------------------------------------------------


def film(kind="mp4", codec="mpeg4", *, black=0, frames=30, width=320, height=180, picture=None):
    out = io.BytesIO()
    with av.open(out, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(frames):
            image = Image.new("RGB", (width, height)) if number < black else picture or flag(width, height)
            for packet in stream.encode(av.VideoFrame.from_image(image)):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("mp4", film),
        ("mov", lambda: film("mov")),
        ("webm", lambda: film("webm", "libvpx")),
        ("mkv", lambda: film("matroska")),
        ("avi", lambda: film("avi")),
        ("mpg", lambda: film("mpeg", "mpeg2video")),
    ],
)
def test_a_film_shows_a_frame_of_its_beginning(kind, content):
    answer, images = painted(content(), kind)
    assert (answer["width"], answer["height"]) == (320, 180) and upright(images[0])


AS_FILMED = struct.pack(">9l", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
TURNED = {  # degrees to the right: what a phone writes into the head of a film, and how its frames lie
    90: ((0, 1, -1, 0), Image.Transpose.ROTATE_90),
    180: ((-1, 0, 0, -1), Image.Transpose.ROTATE_180),
    270: ((0, -1, 1, 0), Image.Transpose.ROTATE_270),
}


@pytest.mark.parametrize("kind", ["mp4", "mov"])
@pytest.mark.parametrize("degrees", TURNED)
def test_films_of_phones_stand_upright(kind, degrees):
    (a, b, c, d), lying = TURNED[degrees]
    picture = flag(180, 320) if degrees != 180 else flag(320, 180)
    content = film(kind, picture=picture.transpose(lying))
    head = content.find(AS_FILMED, content.find(b"tkhd"))
    matrix = struct.pack(">9l", a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    assert head > 0
    answer, images = painted(content[:head] + matrix + content[head + len(matrix) :], kind)
    assert (answer["width"], answer["height"]) == picture.size and upright(images[0])
    assert not upright(painted(content, kind)[1][0]), "without the note it lies on its side"


def test_a_film_that_begins_with_black_shows_what_comes_after():
    _, images = painted(film(black=20), "mp4")
    assert upright(images[0])


def test_every_kind_we_speak_of_has_its_painter():
    assert set(FORMATS) == set(FILMS)
    assert set(KINDS.values()) == {*PICTURES, "pdf", *FILMS}
    assert all(BY_EXTENSION[kind].mime in KINDS for kind in KINDS.values())
    assert not any(word in mime for mime in KINDS for word in ("svg", "html", "xml"))


# --- what is hostile ----------------------------------------------------------------------------------------------------


def lying_film():
    """A film whose head says 16 by 16 while its frames are large."""
    content = film(width=320, height=180)
    head = content.find(b"mp4v", content.find(b"stsd"))
    return content[: head + 28] + b"\0\x10\0\x10" + content[head + 32 :]


def endless_gif(frames=100_000):
    """A hundred thousand frames in a few megabytes."""
    first = encoded(Image.new("P", (200, 100), 3), "GIF")
    frame = first[first.index(b",") : -1]
    return first[:-1] + frame * frames + b";"


@pytest.mark.parametrize(
    ("kind", "content", "trouble"),
    [
        ("png", lambda: vast_png(30_000, 30_000), "too_large"),
        ("gif", lambda: encoded(Image.new("P", (1, 1)), "GIF").replace(b"\x01\0\x01\0", b"\xff\xff\xff\xff"), "too_large"),
        ("jpg", lambda: encoded(flag(), "JPEG")[:400], "damaged"),
        ("png", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 60, "damaged"),
        ("heic", lambda: on_its_side("HEIF")[:300], "damaged"),
        ("jpg", lambda: encoded(flag(), "PNG"), "damaged"),
        ("pdf", lambda: b"%PDF-1.7\nno more", "damaged"),
        ("mp4", lambda: film()[:2000], "damaged"),
        ("mp4", lambda: b"#EXTM3U\nfile:///etc/passwd\n", "damaged"),
        ("avi", lambda: b"ffconcat version 1.0\nfile /etc/passwd\n", "damaged"),
    ],
)
def test_bombs_and_broken_files_end_in_a_word(kind, content, trouble):
    assert painted(content(), kind)[0]["trouble_found"] == trouble


def test_what_lies_about_its_size_is_painted_as_it_is_or_not_at_all():
    answer, images = painted(lying_film(), "mp4")
    assert answer.get("trouble_found") == "damaged" or upright(images[0])


def test_a_picture_of_a_hundred_thousand_frames_shows_the_first_at_once():
    content = endless_gif()
    began = time.monotonic()
    _, images = painted(content, "gif")
    assert images[0].size == (200, 100) and time.monotonic() - began < 5


def slow_pdf():
    """A page that draws the same thing a hundred million times over, form within form."""
    objects, levels = [], 8
    for level in range(levels):
        stream = b"0 0 9 9 re f " * 10 if level == levels - 1 else b"/F Do " * 10
        child = b"" if level == levels - 1 else b"/Resources<</XObject<</F %d 0 R>>>>" % (level + 5)
        objects.append(b"<</Type/XObject/Subtype/Form/BBox[0 0 99 99]%s/Length %d>>stream\n%s\nendstream" % (child, len(stream), stream))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 12 0 R/Resources<</XObject<</F 4 0 R>>>>>>"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        *objects,
        b"<</Length 5>>stream\n/F Do\nendstream",
    ]
    body = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%s endobj\n" % (n, part) for n, part in enumerate(parts, 1))
    return body + b"trailer<</Root 1 0 R>>"


def test_the_time_limit_really_ends_it():
    began = time.monotonic()
    with pytest.raises(Ended):
        painted(slow_pdf(), "pdf", limits=replace(LIMITS, seconds=1, cpu=1))
    assert time.monotonic() - began < 5
    assert painted(encoded(flag(), "PNG"), "png")[1], "the next one is painted"


def test_memory_and_output_are_limited():
    large = encoded(Image.new("RGB", (9000, 9000)), "PNG", compress_level=1)
    with pytest.raises(Ended) as ended:
        painted(large, "png", limits=replace(LIMITS, memory=320 << 20))
    assert ended.value.trouble in ("memory", "killed")
    with pytest.raises(Ended):
        painted(encoded(flag(), "PNG"), "png", limits=replace(LIMITS, written=100))


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"sheets": []},
        {"sheets": "all"},
        {"sheets": [{"start": 0, "bytes": 999, "width": 1, "height": 1, "type": "image/jpeg"}]},
        {"sheets": [{"start": -1, "bytes": 9, "width": 1, "height": 1, "type": "image/jpeg"}]},
        {"sheets": [{"start": 0, "bytes": 9, "width": 1, "height": 1, "type": "text/html"}]},
        {"sheets": [{"start": 0, "bytes": "9", "width": 1, "height": 1, "type": "image/jpeg"}]},
        {"sheets": [{"start": 0, "bytes": 9}]},
    ],
)
def test_a_child_is_believed_only_where_it_makes_sense(told):
    with pytest.raises((ValueError, TypeError)):
        sheets_of(told, written=100)
