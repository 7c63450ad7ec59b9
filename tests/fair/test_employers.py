"""统一社会信用代码: the check character is computed, not believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fair.employers import checked_credit_code, with_check_character
from fair.errors import WrongValue

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def test_known_code_passes() -> None:
    """The standard's own example, GB 32100-2015 annex."""
    assert checked_credit_code("91350100m000100y43") == "91350100M000100Y43"


@given(st.text(alphabet=CHARACTERS, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(CHARACTERS))
def test_one_wrong_character_is_noticed(first: str, place: int, other: str) -> None:
    """Any single slip of the pen changes the check character."""
    code = with_check_character(first)
    assert checked_credit_code(code) == code

    wrong = code[:place] + other + code[place + 1 :]
    if wrong != code:
        with pytest.raises(WrongValue) as refused:
            checked_credit_code(wrong)
        assert refused.value.field == "credit_code"


@pytest.mark.parametrize("wrong", ["", "123", "91350100I000100Y43", "91350100M000100Y431"])
def test_wrong_form_is_refused(wrong: str) -> None:
    """Length and alphabet are checked before the sum."""
    with pytest.raises(WrongValue):
        checked_credit_code(wrong)
