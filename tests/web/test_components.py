"""What templates call most: addresses, drawings, the hidden token."""

from __future__ import annotations

import pytest
from flask import Flask, url_for

from web.components import address_of, cell, drawing, register


@pytest.fixture
def app():
    """An application with pages that take numbers and words."""
    made = Flask("pages", static_folder=None)
    made.secret_key = "of these tests"
    register(made)
    made.add_url_rule("/things/<int:thing_id>/parts/<int:part_id>", "part", lambda: "")
    made.add_url_rule("/words/<word>", "word", lambda: "")
    made.add_url_rule("/static/<path:filename>", "static", lambda: "")
    return made


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("part", {"thing_id": 3, "part_id": 12}),
        ("part", {"thing_id": 12, "part_id": 3}),
        ("part", {"part_id": 7_000_000_001, "thing_id": 1}),
        ("part", {"thing_id": 3, "part_id": 12, "page": 2}),
        ("word", {"word": "百分 100%"}),
        ("word", {"word": "a", "next": None}),
        ("word", {"word": "a", "_anchor": "b"}),
        ("static", {"filename": "css/a.css"}),
    ],
)
def test_address_is_the_one_that_flask_builds(app, endpoint, values):
    """What is kept from one call to the next changes no address."""
    with app.test_request_context():
        first, again = address_of(endpoint, **values), address_of(endpoint, **values)

        assert first == again == url_for(endpoint, **values)


def test_address_keeps_to_the_folder_that_the_site_stands_in(app):
    """A site under a path of its own has other addresses than one that is not."""
    with app.test_request_context():
        plain = address_of("part", thing_id=1, part_id=2)
    with app.test_request_context(environ_overrides={"SCRIPT_NAME": "/fair"}):
        inside = address_of("part", thing_id=1, part_id=2)

    assert (plain, inside) == ("/things/1/parts/2", "/fair/things/1/parts/2")


def test_drawing_is_silent_beside_words_and_named_alone(app):
    """A reader hears a drawing only where it stands alone, and what it is called is text."""
    with app.test_request_context():
        assert 'aria-hidden="true"' in drawing("send")
        assert 'role="img" aria-label="&lt;投递&gt;"' in drawing("send", "<投递>")
        assert 'aria-hidden="true"' in drawing("send")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "—"), (1234, "1,234"), ("<5", '<span class="few">&lt;5</span>'), ("<b>", "<b>")],
)
def test_cell_shows_a_figure_or_that_it_is_hidden(app, value, shown):
    """A number is grouped, a hidden one stands out, words stay words for the template to escape."""
    with app.test_request_context():
        assert cell(value) == shown
