"""The sprite of icons holds what the pages ask for."""

import re

from tools.vendor import ICONS, ROOT, draw_sprite, icon_names


def test_icon_list_has_every_icon_a_page_names():
    """An icon that a template or script names is in web/icons.txt, else it would be an empty square."""
    sources = [*ROOT.glob("web/templates/**/*.html"), *ROOT.glob("web/static/js/**/*.js")]
    text = "\n".join(source.read_text(encoding="utf-8") for source in sources)

    asked = set(re.findall(r"""\bicon\(\s*["']([a-z0-9-]+)["']""", text))
    asked |= set(re.findall(r"icons\.svg#([a-z0-9-]+)", text))

    assert asked
    assert asked - set(icon_names(ICONS.read_text(encoding="utf-8"))) == set()


def test_sprite_keeps_the_shapes_and_leaves_colour_to_css():
    """A symbol has the drawing's shapes, and none of the stroke and size of the drawing around them."""
    drawing = '<!-- licence -->\n<svg\n  width="24"\n  stroke="currentColor"\n>\n  <path d="M5 12h14" />\n</svg>\n'

    sprite = draw_sprite({"minus": drawing})

    assert '<symbol id="minus" viewBox="0 0 24 24"><path d="M5 12h14" /></symbol>' in sprite
    assert "stroke" not in sprite
    assert "width" not in sprite
