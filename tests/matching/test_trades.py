"""Trades: names that mean one work, names that are near, and names that only look alike."""

import pytest

from matching.families import FIELDS
from matching.trades import is_above, is_general, is_same, likeness, listed_works, runs_in_shifts, trade_of, trades


@pytest.mark.parametrize(
    ("wanted", "offered", "expected"),
    [
        ("护工", "护理员（白班）", 1.0),
        ("电工", "低压电工", 1.0),
        ("Software Engineers", "软件开发工程师", 1.0),
        ("分拣", "分拣员", 1.0),
        ("司机", "货车司机（B2）", 0.9),
        ("叉车司机", "货车司机", 0.55),
        ("叉车司机", "司机", 0.75),
        ("内科医生", "眼科医师", 0.45),
        ("内科医生", "医师", 0.75),
        ("焊工", "普工", 0.2),
        ("采购助理", "外贸业务员", 0.0),
        ("安全员", "网络安全工程师", 0.0),
        ("康复师", "推拿师", 0.5),
        ("电工", "电工培训教师", 0.0),
        ("护工", "绿化养护工", 0.0),
        ("电工", "占卜师", None),
    ],
)
def test_likeness_of_two_names_of_work(wanted, offered, expected):
    """One trade is 1, a family its closeness, one field 0.2, two families 0, and an unknown name nothing.

    A wide name may turn out to be the trade wanted.
    """
    assert likeness(wanted, offered) == expected


def test_trade_is_told_by_the_head_of_a_name():
    """What stands last in a Chinese name says what it is; brackets do not count."""
    assert trade_of("电工培训教师") == trade_of("教师")
    assert trade_of("外贸跟单专员（会计优先）") == trade_of("外贸跟单")


def test_fields_hold_families_by_the_name_of_their_first_trade():
    """A name that heads no family would say nothing."""
    heads = {trade.names[0] for trade in trades() if trade.is_family}

    assert set(FIELDS.split()) <= heads


@pytest.mark.parametrize(
    ("title", "works"),
    [
        ("保洁员、洗碗工、安保人员", ["保洁员", "洗碗工", "安保人员"]),
        ("普工（冲压工、装配工）", ["普工", "冲压工", "装配工"]),
        ("全栈工程师（财务支付）", []),
        ("电工/电工学徒", []),
        ("大客户销售（弱电智能化/视频监控安防）", []),
        ("建筑公司副总经理", []),
    ],
)
def test_works_that_a_title_lists(title, works):
    """Several works are several; one with its field, its rank or its learners is one."""
    assert listed_works(title) == works


def test_trades_have_no_name_twice():
    """A name belongs to one trade."""
    names = [name for trade in trades() for name in trade.names]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("wanted", "offered", "expected"),
    [
        ("电工", "低压电工", True),
        ("司机", "货车司机（B2）", True),
        ("保洁", "商场保洁员", True),
        ("销售", "销售岗直招", True),
        ("小学语文老师", "语文教师", True),
        ("占卜师", "高级占卜师", True),
        ("外贸文员", "仓库文员", False),
        ("小学语文老师", "家政老师", False),
        ("保洁", "卫生害虫防治员", False),
        ("包装工", "装配工", False),
        ("占卜师", "驯兽师", False),
    ],
)
def test_same_work_has_the_head_word_or_the_trade(wanted, offered, expected):
    """Another kind inside one trade, or a name that only holds the word, is not the very work wanted."""
    assert is_same(wanted, offered) is expected


@pytest.mark.parametrize(
    ("wanted", "title", "expected"),
    [
        ("保洁", "物业主管（保洁管理）", True),
        ("护士", "护士长", True),
        ("销售", "客户经理", False),
        ("店长", "餐厅经理", False),
        ("文员", "总经理助理", False),
        ("包装工", "包装组长", True),
        ("班组长", "生产主管", False),
    ],
)
def test_above_leads_others_where_the_wish_does_not(wanted, title, expected):
    """A title that leads is another work for who did not ask to lead."""
    assert is_above(wanted, title) is expected


def test_general_words_name_no_work():
    """How and when is no work; with a work it is one."""
    assert all(is_general(name) for name in ("兼职", "夜班", "学徒", "服务", "实习生", "夜班兼职"))
    assert not any(is_general(name) for name in ("服务员", "焊工学徒", "夜班分拣", "保洁", ""))
    assert trade_of("保险综合服务人员") is None
    assert trade_of("建筑公司副总经理") is None


@pytest.mark.parametrize(
    ("title", "first"),
    [
        ("社媒运营专员", "新媒体运营"),
        ("平面设计师（小红书）无销售性质", "平面设计"),
        ("电脑设计钢托", "义齿技师"),
        ("人事行政专员", "行政"),
        ("小鹏汽车-质检员", "质检员"),
    ],
)
def test_trade_is_read_past_rank_and_promises(title, first):
    """专员 is a rank, 无销售性质 a promise; the name before a dash counts when it names a trade."""
    trade = trade_of(title)

    assert trade is not None
    assert trade.names[0] == first


def test_field_behind_a_dash_is_not_the_work():
    """An engineer for deliveries delivers nothing."""
    assert likeness("配送员", "资深后端研发工程师-电商即时配送方向") is None


def test_trades_that_run_by_night_are_known():
    """Factories, guards and hotels; not offices, though both have a front desk."""
    assert all(runs_in_shifts(name) for name in ("数控车工", "保安", "酒店前台", "护士"))
    assert not any(runs_in_shifts(name) for name in ("文员", "商务前台", "会计", "品质工程师", "无名工种"))
