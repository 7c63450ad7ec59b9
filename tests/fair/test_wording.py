"""What a posting may not say is found; what only sounds like it is left alone."""

import pytest

from fair.wording import RULES, Ground, advice, flags, refusals


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("限男性，能搬 20 公斤", Ground.SEX),
        ("女士优先", Ground.SEX),
        ("性别：女", Ground.SEX),
        ("只招男工", Ground.SEX),
        ("35 岁以下", Ground.AGE),
        ("年龄18-45周岁", Ground.AGE),
        ("年龄：25-40", Ground.AGE),
        ("五十岁以下", Ground.AGE),
        ("1. 女生，负责接听电话", Ground.SEX),
        ("20一35岁", Ground.AGE),
        ("年龄；18--40", Ground.AGE),
        ("40岁内", Ground.AGE),
        ("年龄男60以下，女55以下", Ground.AGE),
        ("20周岁(含)至35周岁(含)", Ground.AGE),
        ("乙肝检测证明", Ground.HEALTH),
        ("仅限汉族", Ground.ETHNICITY),
        ("无宗教信仰", Ground.RELIGION),
        ("本地户籍优先", Ground.HOUSEHOLD),
        ("要求杭州户口", Ground.HOUSEHOLD),
        ("外地人勿扰", Ground.HOUSEHOLD),
        ("已婚已育优先", Ground.MARRIAGE),
        ("无乙肝", Ground.HEALTH),
        ("入职交押金 200 元", Ground.FEE),
        ("收取服装费", Ground.FEE),
    ],
)
def test_barred_condition_is_found(text: str, ground: Ground) -> None:
    """Each ground in words that real postings use."""
    assert ground in [refusal.ground for refusal in refusals(f"有相关经验；{text}。能上夜班")]


@pytest.mark.parametrize(
    "text",
    [
        "男女不限，满 18 周岁",
        "要求女装设计经验",
        "照顾 3 岁以下婴幼儿，服务 60-80 岁老人",
        "工作经验 3-5 年，月薪 18-25 千",
        "负责户籍管理，熟悉户口办理",
        "不收押金，免费培训",
        "收银员，负责收取押金",
        "有汉语基础",
    ],
)
def test_lawful_words_are_left_alone(text: str) -> None:
    """A condition of the work is none of the person."""
    assert refusals(text) == []


def test_advice_names_all_grounds_of_one_text() -> None:
    """One sentence for one cell."""
    told = advice("限男性，35 岁以下")

    assert told is not None
    assert told[0] % told[1] == "不能限性别和年龄。写岗位本身的要求，如“能上夜班”"
    assert advice("能上夜班") is None


@pytest.mark.parametrize(
    ("text", "ground", "words"),
    [
        ("五官端正，会讲普通话", Ground.LOOKS, "五官端正"),
        ("净身高170以上", Ground.LOOKS, "净身高170"),
        ("团队年轻化", Ground.AGE, "年轻化"),
        ("00后团队", Ground.AGE, "00后团队"),
        ("适合女生做", Ground.SEX, "适合女生"),
        ("无传染病史", Ground.HEALTH, "无传染病"),
        ("限男性", Ground.SEX, "限男性"),
    ],
)
def test_officer_is_shown_what_may_have_no_ground_in_the_work(text: str, ground: Ground, words: str) -> None:
    """What is refused and what is only doubtful, with the words and a rule for each ground."""
    assert [(flag.ground, flag.words) for flag in flags(f"能上夜班；{text}")] == [(ground, words)]
    assert RULES[ground]


@pytest.mark.parametrize("text", ["企业形象设计", "年轻化的品牌推广", "量身高体重，做体检", "身高不限，男女不限"])
def test_work_that_only_sounds_like_it_is_no_flag(text: str) -> None:
    """The design of an image, a young brand and a nurse's measuring are work."""
    assert flags(text) == []


def test_doubtful_words_are_not_refused() -> None:
    """Whether there is a ground is for an officer to say."""
    assert refusals("形象气质佳，身高165以上") == []
