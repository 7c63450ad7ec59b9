"""Copies third-party front-end files into web/static/vendor and draws the icon sprite.

Owns which files of node_modules the pages use; knows nothing of how pages use them.
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "web" / "static" / "vendor"
ICONS = ROOT / "web" / "icons.txt"

COPIES = {
    "@picocss/pico/css/pico.min.css": "pico.css",
    "echarts/dist/echarts.min.js": "echarts.min.js",
    "hls.js/dist/hls.min.js": "hls.min.js",
}
LICENCES = {
    "@picocss/pico/LICENSE.md": "pico.LICENSE.txt",
    "echarts/LICENSE": "echarts.LICENSE.txt",
    "hls.js/LICENSE": "hls.LICENSE.txt",
    "lucide-static/LICENSE": "icons.LICENSE.txt",
}


def main() -> int:
    """Fill the vendor folder; exit status 1, with one line, if something to copy is missing."""
    try:
        VENDOR.mkdir(parents=True, exist_ok=True)
        for source, name in (COPIES | LICENCES).items():
            shutil.copyfile(MODULES / source, VENDOR / name)
        names = icon_names(ICONS.read_text(encoding="utf-8"))
        drawings = {name: (MODULES / "lucide-static/icons" / f"{name}.svg") for name in names}
        sprite = draw_sprite({name: file.read_text("utf-8") for name, file in drawings.items()})
        (VENDOR / "icons.svg").write_text(sprite, encoding="utf-8")
    except FileNotFoundError as missing:
        print(f"{missing.filename} is missing: run `make setup`, or mend web/icons.txt", file=sys.stderr)
        return 1
    print(f"web/static/vendor: {len(COPIES)} files and {len(names)} icons")
    return 0


def icon_names(text: str) -> list[str]:
    """The names in a list of icons, one a line, in order and without repeats."""
    return sorted({line.strip() for line in text.splitlines() if line.strip()})


def draw_sprite(drawings: dict[str, str]) -> str:
    """One SVG with a `<symbol>` for each drawing; colour and stroke are left to the page's CSS."""
    symbols = [_symbol(name, drawing) for name, drawing in drawings.items()]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def _symbol(name: str, drawing: str) -> str:
    opening = re.search(r"<svg\b[^>]*>", drawing)
    if opening is None:
        raise ValueError(f"icon {name} is not an SVG drawing")
    shapes = drawing[opening.end() : drawing.rindex("</svg>")]
    inner = "".join(line.strip() for line in shapes.splitlines())
    return f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>'


if __name__ == "__main__":
    sys.exit(main())
