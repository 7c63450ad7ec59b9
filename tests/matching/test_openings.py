"""Which open positions a search looks among, held beside asking each of them."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from fair.vocabulary import Education, EmploymentType
from matching.documents import Place, PositionFacts
from matching.openings import Openings
from tests.matching.records import TODAY

PATHS = ("33/", "33/3301/", "33/3301/330106/", "33/3302/", "44/")
NOBODYS = PositionFacts(
    id=0,
    valid_until=TODAY,
    works=(),
    whole="",
    skills=(),
    place=None,
    pay_low=None,
    pay_high=None,
    employment_type=EmploymentType.FULL_TIME,
    schedule=None,
    education=Education.NONE,
    experience_years=0,
    is_experience_waived=False,
    certificates=frozenset(),
    has_dormitory=False,
    is_dormitory_denied=False,
    is_supported_place=False,
)
PAYS = st.none() | st.integers(0, 9000).map(float)
POSITIONS = st.builds(
    lambda number, days, path, low, high: replace(
        NOBODYS,
        id=number,
        valid_until=TODAY + timedelta(days=days),
        place=Place(path, path, path, None, None) if path else None,
        pay_low=low,
        pay_high=high,
    ),
    st.integers(1, 30),
    st.integers(-2, 2),
    st.none() | st.sampled_from(PATHS),
    PAYS,
    PAYS,
)


@given(
    changes=st.lists(POSITIONS | st.integers(1, 30), max_size=60),
    path=st.just("") | st.sampled_from(PATHS),
    pay_min=st.sampled_from((0, 3000, 6000)),
)
def test_open_on_names_the_positions_that_meet_each_condition(changes, path, pay_min):
    """Whatever came, was replaced and left, those are named that are open, inside and pay enough; each once."""
    openings = Openings()
    held: dict[int, PositionFacts] = {}
    for change in changes:
        if isinstance(change, int):
            openings.drop(change)
            held.pop(change, None)
        else:
            openings.put(change)
            held[change.id] = change

    found = openings.open_on(TODAY, district_path=path, pay_min=pay_min).tolist()

    assert sorted(found) == sorted(one.id for one in held.values() if _is_wanted(one, path, pay_min))


def _is_wanted(one: PositionFacts, path: str, pay_min: int) -> bool:
    is_inside = not path or (one.place is not None and one.place.path.startswith(path))
    highest = one.pay_high or one.pay_low
    pays_enough = not pay_min or (highest is not None and highest >= pay_min)
    return one.valid_until >= TODAY and is_inside and pays_enough
