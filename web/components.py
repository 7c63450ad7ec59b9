"""What templates call hundreds of times for one page, in Python: drawings, the hidden token of a form, addresses.

The macros of the same names hand these on, so that a template finds every component in one place. It knows no page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, current_app, g, has_request_context, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from fair.suppression import FEW, HIDDEN
from web.format import count
from web.language import selected

__all__ = ["address_of", "register"]

_FILES = "static"
# Stands for the first number of an address, the next ones for those that follow; none is part of another.
_STAND_IN = 7_000_000_000


def register(app: Flask) -> None:
    """Give the templates of `app` these components; what is built once a process is kept with it."""
    app.extensions["addresses"] = {}
    app.extensions["drawings"] = {}
    app.jinja_env.globals.update(url_for=address_of, drawing=drawing, token_field=token_field, table_cell=cell)


def address_of(endpoint: str, **values: Any) -> str:
    """The address of a page or a file as `url_for` builds it.

    One that is made of numbers alone is built once a process, for building takes longer than all else that a link is.
    """
    app: Flask = current_app
    if not has_request_context() or endpoint.startswith("."):
        return app.url_for(endpoint, **values)
    is_file = endpoint == _FILES and values.keys() == {"filename"}
    if not is_file and not all(type(value) is int for value in values.values()):
        return app.url_for(endpoint, **values)
    kept: dict[tuple[Any, ...], str] = app.extensions["addresses"]
    key = (request.root_path, endpoint, *(values.values() if is_file else values))
    if key not in kept:
        kept[key] = app.url_for(endpoint, **values) if is_file else _pattern(app, endpoint, values)
    return kept[key] % values if values and not is_file else kept[key]


def drawing(name: str, label: str = "", fill: bool = False) -> Markup:
    """A drawing of static/vendor/icons.svg: beside words silent to a reader, with a label standing alone."""
    kept: dict[tuple[str, str, bool], Markup] = current_app.extensions["drawings"]
    key = (request.root_path, name, fill)
    if label or key not in kept:
        said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
        drawn = Markup('<svg class="i{}" {}><use href="{}#{}"/></svg>').format(
            " fill" if fill else "", said, address_of(_FILES, filename="vendor/icons.svg"), name
        )
        if label:
            return drawn
        kept[key] = drawn
    return kept[key]


def token_field() -> Markup:
    """The hidden input that proves that a form is this site's."""
    token = g.get("csrf_token") or generate_csrf()
    return Markup(f'<input type="hidden" name="csrf_token" value="{escape(token)}">')  # noqa: S704


def cell(value: float | str | None) -> str | Markup:
    """A cell of a table: None is a dash, a hidden figure stands out, a number is grouped."""
    if value is None:
        return "—"
    if value in (FEW, HIDDEN):
        return Markup('<span class="few">{}</span>').format(value)
    return value if isinstance(value, str) else count(value, language=selected())


def _pattern(app: Flask, endpoint: str, values: Mapping[str, int]) -> str:
    """The address with %(name)s in the places of its numbers."""
    stand_ins: dict[str, Any] = {name: _STAND_IN + place for place, name in enumerate(values)}
    built = app.url_for(endpoint, **stand_ins).replace("%", "%%") if values else app.url_for(endpoint)
    for name, number in stand_ins.items():
        built = built.replace(str(number), f"%({name})s")
    return built
