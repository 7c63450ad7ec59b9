"""The components and what holds for every template: icons that exist, nothing inline, scores in their bands."""

import re
from pathlib import Path

import pytest
from flask import Flask, render_template, render_template_string
from flask_babel import Babel

import web
from web import components
from web.format import FILTERS

ROOT = Path(web.__file__).parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
ICON = re.compile(r"\bicon\(\"([a-z0-9-]+)\"")


@pytest.fixture
def pages():
    """An application that has the templates and the filters, and no page of its own."""
    app = Flask("web", root_path=str(ROOT))
    Babel(app, default_locale="zh")
    app.secret_key = "of these tests"
    components.register(app)
    app.jinja_env.filters.update(FILTERS)
    with app.test_request_context():
        yield app


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_has_nothing_inline(template):
    """A strict CSP allows no style attribute, no handler, no script or style that stands in the page."""
    text = re.sub(r"\{#.*?#\}", "", template.read_text("utf-8"), flags=re.DOTALL)

    assert not re.findall(r"""<[^>]*\sstyle=["']""", text)
    assert not re.findall(r"""<[^>]*\son[a-z]+=["']""", text)
    assert not re.findall(r"<style\b", text)
    scripts = re.findall(r"<script\b([^>]*)>", text)
    assert [tag for tag in scripts if "src=" not in tag and not re.search(r"application/(ld\+)?json", tag)] == []


def test_icons_that_are_named_are_drawn():
    """An icon missing from the list would be an empty box."""
    listed = set((ROOT / "icons.txt").read_text("utf-8").split())
    named = {name for template in TEMPLATES for name in ICON.findall(template.read_text("utf-8"))}

    assert len(named) > 20
    assert named - listed == set()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (100, "很合适 100"),
        (80, "很合适 80"),
        (79.4, "较合适 79"),
        (65, "较合适 65"),
        (64, "可看看 64"),
        (50, "可看看 50"),
    ],
)
def test_score_is_a_word_and_a_number(pages, value, words):
    """The bands begin at 80, 65 and 50."""
    html = _render("{% from 'macros/words.html' import score %}{{ score(value) }}", value=value)

    assert re.sub("<[^>]+>", "", html) == words


@pytest.mark.parametrize("value", [49.4, 0, None])
def test_score_below_fifty_is_not_shown(pages, value):
    """Nothing discourages with a low number, and no match is no zero."""
    assert _render("{% from 'macros/words.html' import score %}{{ score(value) }}", value=value) == ""


def test_reasons_keep_one_that_is_missed(pages):
    """However few are shown, what does not fit is among them."""
    items = [{"met": True, "text": f"met {n}"} for n in range(4)] + [{"met": False, "text": "missed"}]

    html = _render("{% from 'macros/words.html' import reasons %}{{ reasons(items, limit=3) }}", items=items)

    assert html.count('class="met"') == 2
    assert html.count('class="missed"') == 1


def test_field_points_to_its_hint_and_its_error(pages):
    """A reader hears both with the input."""
    source = (
        "{% from 'macros/forms.html' import field %}{{ field('pay', '底薪', '面议', hint='每月', error='要写数字') }}"
    )

    html = _render(source)

    assert 'aria-describedby="f-pay-hint f-pay-wrong"' in html
    assert 'id="f-pay-hint"' in html
    assert 'id="f-pay-wrong"' in html
    assert 'aria-invalid="true"' in html


def test_words_of_a_person_are_escaped(pages):
    """What somebody typed is text in the chat and in the consent line."""
    evil = "<b onclick=x>"
    source = (
        "{% from 'macros/room.html' import chat_line %}{% from 'macros/applying.html' import consent_line %}"
        "{{ chat_line({'id': 1, 'kind': 'chat', 'who': evil, 'text': evil}) }}{{ consent_line(evil) }}"
    )

    html = _render(source, evil=evil)

    assert evil not in html
    assert html.count("&lt;b onclick=x&gt;") == 3


def test_text_room_stays_below_twenty_kilobytes(pages):
    """Twenty lines, twenty-two employers and 121 positions fit a poor line."""
    job = {
        "position": {"title": "绕线操作工（学徒）", "pay_min": 5000, "pay_max": 6500, "pay_unit": "MONTH"},
        "href": "/positions/100",
        "application": None,
    }
    groups = [{"employer": "临江电缆", "jobs": [job] * 6} for _ in range(21)]
    log = [{"at": "14:32", "who": "王专员", "text": "证快到期也能去，公司统一送去复审，费用公司出"}] * 20

    html = render_template(
        "room/text.html",
        room={"title": "西湖区制造业专场", "on_air": True, "viewers": 3482},
        urls={"back": "/", "room": "/r", "text": "/t", "ask": "/a"},
        viewer={"signed_in": True},
        groups=groups,
        log=log,
        updated="14:32:10",
    )

    assert "绕线操作工" in html
    assert len(html.encode()) <= 20 * 1024


def _render(source: str, **values: object) -> str:
    return render_template_string(source, **values)
