"""Places as people write them are told apart into a district and the address in it."""

from __future__ import annotations

import pytest

from fair.districts import District
from fair.places import PlaceFinder
from fair.streets import districts_of_street

ROWS = (
    ("440000", "广东省", "440000/"),
    ("440100", "广州市", "440000/440100/"),
    ("440105", "海珠区", "440000/440100/440105/"),
    ("440300", "深圳市", "440000/440300/"),
    ("440305", "南山区", "440000/440300/440305/"),
    ("441900", "东莞市", "440000/441900/"),
)


@pytest.fixture
def finder():
    above = {code: path.split("/")[-3:-2] for code, _, path in ROWS}
    return PlaceFinder(
        [
            District(code=code, name=name, path=path, parent_code="".join(above[code]) or None)
            for code, name, path in ROWS
        ]
    )


@pytest.mark.parametrize(
    ("text", "code", "address"),
    [
        ("广州市海珠区泰沙路 129 号", "440105", "泰沙路 129 号"),
        ("深圳南山区科技大楼", "440305", "科技大楼"),
        ("深圳 深圳南山区科技大楼", "440305", "科技大楼"),
        ("广东省广州市 广东省广州市海珠区泰沙路", "440105", "泰沙路"),
        ("广州市", "440100", ""),
        ("广州广州海珠区泰沙路", "440105", "泰沙路"),
        ("广州市 广东广州海珠区泰沙路", "440105", "泰沙路"),
        ("东莞大朗镇", "441900", "大朗镇"),
    ],
)
def test_place_is_found_however_often_its_city_is_said(finder, text, code, address):
    """A region's column joined with a whole address names the city twice, and means the district behind it."""
    found = finder.find(text)

    assert [(place.code, place.address) for place in found] == [(code, address)]


def test_place_that_is_nowhere_is_not_found(finder):
    """What begins with no district's name is no place."""
    assert finder.find("坂田") == []


def test_road_named_after_a_city_is_not_the_city(finder):
    """广州大道 and 深圳路 begin with a city's name and lie anywhere."""
    assert finder.find("广州大道 12 号") == finder.find("深圳路 3 号") == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("广州/赤岗", "440105"),
        ("深圳·粤海街道", "440305"),
        ("广州 赤岗 100 号", "440105"),
        ("广州市赤岗北路 100 号", "440100"),
        ("广州 白云湖", "440100"),
    ],
)
def test_street_says_the_district_that_is_left_out(finder, text, code):
    """A city and a street are a district; a road of that name is none, nor a street of a district that is not here."""
    assert [found.code for found in finder.find(text)] == [code]


def test_street_of_the_name_in_two_districts_says_neither():
    """沙头 is a street of two cities: with its city it is clear, without it is not."""
    assert len(districts_of_street("沙头街道")) > 1
