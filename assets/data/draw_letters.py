"""Draws letters.npz and its table of typefaces, letters.md: a … z in open handwriting typefaces.

    pip install 'bptui[letters]'
    python assets/data/draw_letters.py FOLDER

FOLDER keeps the packages the typefaces come in: `npm pack` fetches those that are not in it yet, and `apt-get download`
the one that only Debian has. The typefaces themselves are no part of bptui.
"""

import io
import json
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont
from PIL import __version__ as pillow

HERE = Path(__file__).parent
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
SIDE = 12  # pixels of an image across and down
BLACK = 15  # the darkest of 16 grey levels
LARGE = 256  # pixels of an em, from which the image is made smaller
LICENCES = {"OFL-1.1": "https://openfontlicense.org", "Apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0"}
FROM_NPM = """
annie-use-your-telescope architects-daughter bad-script caveat caveat-brush cedarville-cursive chilanka
covered-by-your-grace delicious-handrawn delius gaegu gloria-hallelujah gochi-hand handlee homemade-apple indie-flower
itim kalam long-cang mansalva marck-script nanum-brush-script nanum-pen-script neucha patrick-hand playpen-sans
poor-story reenie-beanie schoolbell shadows-into-light shantell-sans short-stack sriracha sue-ellen-francisco
swanky-and-moo-moo the-girl-next-door yomogi yusei-magic zen-kurenaido
"""
FROM_DEBIAN = ("fonts-dkg-handwriting", "./usr/share/fonts/truetype/fifthhorseman/dkg.ttf")
HEAD = """# The typefaces of the letters

`letters.npz` holds a … z in {count} open handwriting typefaces, 12 × 12 pixels of 0 … 15 (`x`), letter 0 … 25
(`labels`) and the row of this table, from 0, that says who wrote it (`writers`). They are drawn from typefaces, not
scanned from paper: every writer has written each letter once, with a steady hand. `draw_letters.py` drew them with
Pillow {pillow}: each letter as large as the field allows, in its own proportions and in the middle, its darkest pixel
made black.

OFL-1.1 is the SIL Open Font License, <{ofl}>; Apache-2.0 is the Apache License,
<{apache}>. Both allow documents made with the typeface; the typefaces themselves are
not in bptui.

| typeface | copyright | licence | package |
|---|---|---|---|
"""


@dataclass(frozen=True)
class Typeface:
    """``font`` are the bytes of a font file, ``author`` whom it names as the holder of its copyright."""

    name: str
    author: str
    licence: str
    package: str
    font: bytes


def main(folder: Path) -> None:
    faces = sorted(typefaces(folder), key=lambda face: face.name.lower())
    assert all(face.licence in LICENCES for face in faces), "a typeface under another licence"
    images = [drawn(face, letter) for face in faces for letter in ALPHABET]
    np.savez_compressed(
        HERE / "letters.npz",
        x=np.array(images, dtype=np.uint8),
        labels=np.tile(np.arange(26, dtype=np.uint8), len(faces)),
        writers=np.repeat(np.arange(len(faces), dtype=np.uint8), 26),
    )
    rows = [f"| {face.name} | {face.author} | {face.licence} | {face.package} |\n" for face in faces]
    ofl, apache = LICENCES.values()
    head = HEAD.format(count=len(faces), pillow=pillow, ofl=ofl, apache=apache)
    (HERE / "letters.md").write_text(head + "".join(rows), encoding="utf-8")
    print(f"{len(faces)} typefaces, {len(images)} images")


def typefaces(folder: Path) -> Iterator[Typeface]:
    """Each with the licence that its package or its own name table states."""
    folder.mkdir(exist_ok=True)
    for name in FROM_NPM.split():
        package = f"@fontsource/{name}"
        if not list(folder.glob(f"fontsource-{name}-[0-9]*.tgz")):
            subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True)
        with tarfile.open(next(folder.glob(f"fontsource-{name}-[0-9]*.tgz"))) as packed:
            about = json.loads(member(packed, "package/metadata.json"))
            font = member(packed, f"package/files/{name}-latin-400-normal.woff")
        said = about["license"]
        yield Typeface(about["family"], plain(said["attribution"]), said["type"], f"`{package}`", font)
    package, path = FROM_DEBIAN
    if not list(folder.glob(f"{package}_*.deb")):
        subprocess.run(["apt-get", "download", package], cwd=folder, check=True)
    unpacked = subprocess.run(
        ["dpkg-deb", "--fsys-tarfile", next(folder.glob(f"{package}_*.deb"))], check=True, stdout=subprocess.PIPE
    )
    with tarfile.open(fileobj=io.BytesIO(unpacked.stdout)) as packed:
        font = member(packed, path)
    author, _, licence = str(TTFont(io.BytesIO(font))["name"].getDebugName(0)).partition("\n")
    licence = "OFL-1.1" if "OFL v1.1" in licence else "another"
    yield Typeface("dkg Handwriting", plain(author), licence, f"`{package}` (Debian)", font)


def member(packed: tarfile.TarFile, path: str) -> bytes:
    stream = packed.extractfile(path)
    assert stream is not None, f"{path} is not a file"
    return stream.read()


def plain(copyright_line: str) -> str:
    """A copyright line that stands in a cell of a table, without its repetition for each of several files."""
    return " ".join(re.sub(r" \S+\.ttf: .*", "", copyright_line).replace("|", "/").split())


def drawn(face: Typeface, letter: str) -> list[int]:
    """The letter's 144 grey values: its ink scaled to the field, centred, the darkest pixel black."""
    font = ImageFont.truetype(io.BytesIO(face.font), LARGE)
    left, top, right, bottom = font.getbbox(letter)
    large = Image.new("L", (int(right - left) + 2, int(bottom - top) + 2))
    ImageDraw.Draw(large).text((1 - left, 1 - top), letter, font=font, fill=255)
    ink = large.crop(large.getbbox())
    scale = SIDE / max(ink.size)
    width, height = (max(round(side * scale), 1) for side in ink.size)
    field = Image.new("L", (SIDE, SIDE))
    field.paste(ink.resize((width, height), Image.Resampling.BOX), ((SIDE - width) // 2, (SIDE - height) // 2))
    grey = np.asarray(field, dtype=np.float64).ravel()
    return [round(value) for value in grey * (BLACK / grey.max())]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
