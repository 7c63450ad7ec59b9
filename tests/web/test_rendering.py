"""The site's template environment writes what Jinja's own writes, and escapes what Jinja escapes."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string
from jinja2 import pass_context
from markupsafe import Markup

from web.rendering import PageEnvironment


@pytest.fixture(params=["own", "ours"])
def pages(request):
    """An application with Flask's own environment, and one with the site's."""
    app = Flask("pages")
    if request.param == "ours":
        app.jinja_environment = PageEnvironment
    with app.test_request_context():
        yield app


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("<b>", "&lt;b&gt;"),
        (Markup("<b>"), "<b>"),
        (7, "7"),
        (True, "True"),
        (None, "None"),
        (1.5, "1.5"),
        (["<b>"], "[&#39;&lt;b&gt;&#39;]"),
    ],
)
def test_values_are_printed_and_escaped(pages, value, printed):
    """Text is escaped, marked text is not, anything else is its text."""
    assert render_template_string("{{ value }}", value=value) == printed


def test_what_is_missing_prints_as_nothing(pages):
    """An undefined value is empty."""
    assert render_template_string("[{{ value }}]") == "[]"


def test_macros_take_defaults_keywords_and_callers(pages):
    """A macro is called with what it is given, and its result is not escaped again."""
    source = (
        "{% macro box(words, kind='plain') %}"
        "<i class={{ kind }}>{{ words }}{% if caller %}{{ caller() }}{% endif %}</i>"
        "{% endmacro %}{{ box('<a>') }}{{ box('b', kind='k') }}{% call box('c') %}{{ 'd' }}{% endcall %}"
    )

    assert render_template_string(source) == ("<i class=plain>&lt;a&gt;</i><i class=k>b</i><i class=plain>cd</i>")


def test_functions_that_want_the_context_get_it(pages):
    """A function marked for the context finds the variables, those of a loop among them."""

    @pass_context
    def seen(context):
        return f"{context['outer']}{context.get('inner')}"

    source = "{% for number in (1, 2) %}{% set inner = number %}{{ seen() }} {% endfor %}"

    assert render_template_string(source, seen=seen, outer="o") == "o1 o2 "


def test_methods_and_classes_are_called(pages):
    """What a value or a class does is called as it stands."""
    assert render_template_string("{{ 'a,b'.split(',')|join('-') }} {{ dict(a=1).get('a') }}") == "a-b 1"
