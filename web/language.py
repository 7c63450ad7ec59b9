"""Which language a visitor reads: the one chosen, else Chinese. The msgids are Chinese, English is a catalogue.

The catalogue is compiled when the site is set up: where it runs its own files may be out of reach for writing.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, g, has_request_context, session
from flask_babel import Domain, get_babel, get_translations
from flask_babel import lazy_gettext as _
from markupsafe import Markup

__all__ = ["CATALOGUES", "LANGUAGES", "either", "is_english", "register", "selected"]

LANGUAGES = ("zh", "en")
CATALOGUES = Path(__file__).parent / "translations"
_MOST_WORDS = 4096


# What rules of `fair` say without a call that the catalogue's extraction knows.
SAID_BY_RULES = (
    _("缺岗位名称"),
    _("缺招聘人数"),
    _("缺任职要求"),
    _("缺岗位职责"),
    _("缺工作地点"),
    _("缺底薪"),
    _("缺有效期"),
    _("已经过了，填今天以后的日期"),
    _("最高月薪比最低的低"),
    _("浏览器直接开播不用填地址"),
    _("填观看地址，如 https://live.example.cn/fair.m3u8"),
)

# What stands in tables of figures, dates and columns, and is looked up when it is shown.
SAID_BY_TABLES = (
    *(_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")),
    _("昨天"),
    _("可空；写了就要是本单位"),
    _("只写干活要用到的，不写性别、年龄、户籍"),
    _("元，和计薪单位一致，不能写面议"),
    _("月、天、小时、件；空着就是月"),
    _("区和街道，后面接详细地址"),
    _("年-月-日"),
    _("全职、兼职、实习、临时工"),
    _("白班、两班倒、三班倒、夜班、时间灵活"),
    _("不限、初中、高中、大专、本科、硕士、博士"),
    _("几个用顿号隔开"),
    _("包吃、包住、包吃包住、无"),
    _("是或否"),
    *(_("白班"), _("两班倒"), _("三班倒"), _("夜班"), _("时间灵活")),
    *(_("包吃包住"), _("包吃"), _("包住"), _("无")),
    *(_("月"), _("天"), _("小时"), _("件")),
)


def register(app: Flask) -> None:
    """Let templates look a word up without a context of its own for each call: a page has hundreds of them."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda words: _catalogue().ugettext(words),
        ngettext=lambda one, many, count: _catalogue().ungettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.globals.update(gettext=_in_template, _=_in_template)
    get_babel(app).instance.domain_instance = _Words()


def selected() -> str:
    """The language of this request, as it was when it was first asked for."""
    if not has_request_context():
        return LANGUAGES[0]
    if "language" not in g:
        chosen = session.get("language")
        g.language = chosen if chosen in LANGUAGES else LANGUAGES[0]
    language: str = g.language
    return language


def is_english() -> bool:
    """Whether this page is in English."""
    return selected() == "en"


def either(chinese: str, english: str) -> str:
    """The name to show here of something that has a Chinese name always, and an English one perhaps."""
    return english if english and is_english() else chinese


def _in_template(words: str, /, **variables: object) -> Markup:
    """The words in the language of the page, the variables in them escaped."""
    return _pattern(_catalogue(), words) % variables if variables else _without_variables(_catalogue(), words)


@lru_cache(maxsize=_MOST_WORDS)
def _pattern(catalogue: Any, words: str) -> Markup:
    return Markup(catalogue.ugettext(words))  # noqa: S704


@lru_cache(maxsize=_MOST_WORDS)
def _without_variables(catalogue: Any, words: str) -> Markup:
    return _pattern(catalogue, words) % {}


class _Words(Domain):
    """Finds the request's catalogue once, not once a word."""

    def get_translations(self) -> Any:
        try:
            return g.catalogue
        except AttributeError:
            g.catalogue = super().get_translations()
            return g.catalogue
        except RuntimeError:  # No application at all.
            return super().get_translations()


def _catalogue() -> Any:
    try:
        return g.catalogue
    except AttributeError:
        return get_translations()
