"""The divisions of China as the product brings them: a tree, with names in English down to the cities."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from fair.districts import District, names_of
from fair.divisions import load_divisions


def test_divisions_are_loaded_once_with_every_parent(db: Session) -> None:
    """An empty table is filled, one that has rows is left; each path leads from a province to the district itself."""
    added = load_divisions(db)

    assert added > 3000
    assert load_divisions(db) == 0
    districts = {each.code: each for each in db.scalars(select(District))}
    for district in districts.values():
        above = districts[district.parent_code].path if district.parent_code else ""
        assert district.path == f"{above}{district.code}/"


def test_provinces_cities_and_the_demo_places_have_english_names(db: Session) -> None:
    """None of them is left in Chinese, and no English name has Chinese in it."""
    load_divisions(db)

    named = {each.code: each.name_en for each in db.scalars(select(District))}
    cities = [code for code in named if len(code) == 6 and code.endswith("00")]
    assert len(cities) > 350
    assert [code for code in cities if not named[code]] == []
    assert [code for code in named if code.startswith("3301") and not named[code]] == []
    assert [name for name in named.values() if any("一" <= sign <= "鿿" for sign in name)] == []


def test_full_name_is_the_last_two_levels_in_either_language(db: Session) -> None:
    """西湖区古荡街道 is Gudang Subdistrict, Xihu District; where English is lacking the Chinese stands."""
    load_divisions(db)
    street, county = db.get_one(District, "330106007"), db.get_one(District, "110101")

    assert names_of(db, [street, county]) == {street.code: "西湖区古荡街道", county.code: "东城区"}
    assert names_of(db, [street], in_english=True) == {street.code: "Gudang Subdistrict, Xihu District"}
    assert names_of(db, [county], in_english=True) == names_of(db, [county])
