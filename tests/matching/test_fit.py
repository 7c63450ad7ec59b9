"""Postings ranked for profiles from files, through the import and the rules."""

import csv
import json
from pathlib import Path

import pytest

from matching.__main__ import main
from matching.postings import cells_of

CARE = {
    "job_id": "care",
    "title": "养老护理员",
    "company": "长青养老院",
    "region": "广州·白云区",
    "address": "广州·白云区",
    "salary_min": 5000,
    "salary_max": 6500,
    "education": "初中",
    "experience_years": "0",
    "welfare": "包住",
    "description": "照护老人起居。任职要求：有耐心，包吃住",
}
PROFILE = {
    "id": "zhou",
    "text": "想在白云区做护理，要住宿",
    "wanted_work": ["养老护理员"],
    "education": "初中",
    "places": ["广州·白云区"],
    "pay_min": 4500,
    "schedule": ["day"],
    "needs_dormitory": True,
    "hard": ["place", "pay", "dorm"],
}


def ranked(folder: Path, postings: list[dict], profiles: list[dict]) -> list[tuple[str, str]]:
    """Profile and job of each row, in their order."""
    for name, rows in (("jobs", postings), ("profiles", profiles)):
        lines = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    files = ["--postings", f"{folder}/jobs.jsonl", "--profiles", f"{folder}/profiles.jsonl"]
    assert main(["fit", *files, "--out", f"{folder}/run.tsv"]) == 0
    with (folder / "run.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert [int(row["rank"]) for row in rows] == list(range(1, len(rows) + 1))
    return [(row["profile"], row["job_id"]) for row in rows]


def test_hard_requirements_filter_and_work_orders(tmp_path):
    """The wanted work comes first; another city, too little pay and no bed are not there, each alone."""
    postings = [
        CARE | {"job_id": "clerk", "title": "仓库文员"},
        CARE,
        CARE | {"job_id": "elsewhere", "region": "佛山·南海区", "address": ""},
        CARE | {"job_id": "poor", "salary_min": 3000, "salary_max": 4000},
        CARE | {"job_id": "bedless", "welfare": "", "description": "照护老人起居。任职要求：有耐心"},
    ]

    assert ranked(tmp_path, postings, [PROFILE]) == [("zhou", "care"), ("zhou", "clerk")]
    assert {job for _, job in ranked(tmp_path, postings, [PROFILE | {"hard": []}])} == {
        "care",
        "clerk",
        "elsewhere",
        "poor",
        "bedless",
    }


def test_silence_about_shifts_is_shown_of_related_trades_alone(tmp_path):
    """Who insists on days sees what may be the work wanted, and of other trades only those that say days."""
    cashier = CARE | {"job_id": "silent", "title": "收银员", "description": "收款。任职要求：细心"}
    postings = [
        cashier,
        cashier | {"job_id": "days", "description": "收款，长白班。任职要求：细心"},
        cashier | {"job_id": "waiter", "title": "服务员"},
        cashier | {"job_id": "waiter by day", "title": "服务员", "description": "传菜，长白班。任职要求：细心"},
    ]
    wants = PROFILE | {"wanted_work": ["收银员"], "needs_dormitory": False, "hard": ["place", "schedule"]}

    assert ranked(tmp_path, postings, [wants]) == [("zhou", "days"), ("zhou", "silent"), ("zhou", "waiter by day")]


def test_workplace_that_the_text_names_wins_over_the_field(tmp_path):
    """A posting filed under Guangzhou whose text says Hefei is in Hefei."""
    lying = CARE | {"job_id": "lying", "description": "工作地点：合肥市蜀山区。包吃住，照护老人"}

    assert ranked(tmp_path, [CARE, lying], [PROFILE]) == [("zhou", "care")]


def test_district_left_out_comes_after_the_one_that_is_named(tmp_path):
    """A posting that names the city alone may be in the wanted district, but nobody says so: no yes to who insists."""
    silent = CARE | {"job_id": "silent", "region": "广州", "address": ""}

    assert ranked(tmp_path, [silent, CARE], [PROFILE]) == [("zhou", "care")]
    assert ranked(tmp_path, [silent, CARE], [PROFILE | {"hard": []}]) == [("zhou", "care"), ("zhou", "silent")]


def test_one_of_several_workplaces_in_the_city_of_the_field_leaves_the_field(tmp_path):
    """A text that lists places in several cities moves nothing out of the one that the field says."""
    several = CARE | {"description": "工作地点：合肥市蜀山区。工作地点：广州市白云区。包吃住，照护老人"}

    assert ranked(tmp_path, [several], [PROFILE]) == [("zhou", "care")]


def test_work_from_home_is_near_for_who_wants_it(tmp_path):
    """Remote among the places takes a posting of any city that is done from home, and none other from afar."""
    anywhere = CARE | {"job_id": "anywhere", "title": "客服", "region": "成都·武侯区", "address": ""}
    home = anywhere | {"job_id": "home", "description": "居家办公。任职要求：有耐心"}
    wants = PROFILE | {"wanted_work": ["客服"], "places": ["remote"], "needs_dormitory": False, "hard": ["place"]}

    assert ranked(tmp_path, [anywhere, home], [wants]) == [("zhou", "home")]


@pytest.mark.parametrize("title", ["香港养老院护理员", "养老护理员（全国）", "护理员（驻新加坡）"])
def test_work_abroad_or_all_over_the_country_is_not_where_its_employer_is(tmp_path, title):
    """The field holds the employer's address; the title says where people go."""
    assert ranked(tmp_path, [CARE, CARE | {"job_id": "away", "title": title}], [PROFILE]) == [("zhou", "care")]


def test_who_was_at_primary_school_alone_is_not_shown_what_asks_for_more(tmp_path):
    """The degree that a posting's text asks for counts where the field is silent."""
    open_to_all = CARE | {"job_id": "open", "education": "初中及以下"}
    asking = CARE | {"job_id": "asking", "education": "学历不限", "description": "包吃住。任职要求：中专以上学历"}
    wants = PROFILE | {"education": "小学", "hard": ["edu"]}

    assert ranked(tmp_path, [CARE, open_to_all, asking], [wants]) == [("zhou", "open")]


def test_pay_for_an_order_is_not_pay_for_a_month():
    """5–10 in the fields of a rider is what an order brings; the text names the pay of a month."""
    rider = {"salary_min": 5, "salary_max": 10, "title": "骑手"}

    by_order = cells_of(rider | {"description": "每单5-10元，多劳多得"})
    by_month = cells_of(rider | {"description": "底薪4400＋提成，每单5-10元"})

    assert (by_order["pay"], by_order["pay_unit"]) == ("5-10", "PIECE")
    assert by_month["pay"] == "4400-4400"
    assert "pay_unit" not in by_month


@pytest.mark.parametrize("line", ["{", '{"text": "没有编号"}', '{"id": "x", "places": "广州"}'])
def test_line_that_cannot_be_read_is_named(tmp_path, capsys, line):
    """File and line, on one line, with status 2."""
    (tmp_path / "jobs.jsonl").write_text(json.dumps(CARE) + "\n", encoding="utf-8")
    (tmp_path / "profiles.jsonl").write_text(f"{json.dumps(PROFILE)}\n{line}\n", encoding="utf-8")
    files = ["--postings", f"{tmp_path}/jobs.jsonl", "--profiles", f"{tmp_path}/profiles.jsonl"]

    assert main(["fit", *files, "--out", f"{tmp_path}/run.tsv"]) == 2

    assert "profiles.jsonl: line 2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("said", "is_here"),
    [
        ("此岗位 base 武汉", False),
        ("base：武汉/广州/北京", True),
        ("地址：合肥市蜀山区黄山路", False),
        ("公司总部地址：合肥市蜀山区", True),
    ],
)
def test_workplace_is_said_in_several_ways(tmp_path, said, is_here):
    """A base or an address elsewhere moves the posting; one of several that is here, or the head office, does not."""
    posting = CARE | {"description": f"照护老人，包吃住。{said}"}

    assert ranked(tmp_path, [posting], [PROFILE]) == ([("zhou", "care")] if is_here else [])
