"""Encrypted fields: unreadable in the database, bound to their column, readable after a change of key."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from fair.accounts import Account, Role, masked_phone, normal_phone, phone_index
from fair.crypto import blind_index, seal, set_field_key, unseal
from fair.database import reading, writing
from fair.errors import WrongSetting, WrongValue
from tests.builders import FIELD_KEY, NOW


@pytest.fixture(autouse=True)
def _key() -> Iterator[None]:
    set_field_key(FIELD_KEY)
    yield
    set_field_key(FIELD_KEY)


def test_sealed_text_is_read_back_and_never_twice_the_same() -> None:
    """The nonce is fresh each time, so equal numbers do not look equal."""
    first, second = seal("13800001234", purpose="phone"), seal("13800001234", purpose="phone")

    assert first != second
    assert unseal(first, purpose="phone") == unseal(second, purpose="phone") == "13800001234"


def test_sealed_text_of_another_column_is_refused() -> None:
    """A value copied into another column does not open there."""
    sealed = seal("13800001234", purpose="account.phone")

    with pytest.raises(WrongSetting):
        unseal(sealed, purpose="seeker_profile.identity_number")


def test_changed_text_is_refused() -> None:
    """One flipped bit is noticed."""
    sealed = bytearray(seal("13800001234", purpose="phone"))
    sealed[-1] ^= 1

    with pytest.raises(WrongSetting):
        unseal(bytes(sealed), purpose="phone")


def test_old_key_reads_and_the_new_one_writes() -> None:
    """Re-keying: what the old key sealed is read, what is sealed now opens with the new key alone."""
    old, new = b"a" * 32, b"b" * 32
    set_field_key(old)
    sealed_before = seal("13800001234", purpose="phone")

    set_field_key(new, old)
    sealed_after = seal("13800001234", purpose="phone")

    assert unseal(sealed_before, purpose="phone") == "13800001234"
    set_field_key(new)
    assert unseal(sealed_after, purpose="phone") == "13800001234"
    with pytest.raises(WrongSetting):
        unseal(sealed_before, purpose="phone")


def test_phone_is_not_readable_in_the_database(engine: Engine) -> None:
    """The column holds no digits of the number, and the account is found by its index."""
    with writing(engine) as db:
        account = Account(role=Role.SEEKER, name="小满", created_at=NOW)
        account.set_phone("138 0000 1234")
        db.add(account)

    with reading(engine) as db:
        raw = bytes(db.execute(text("SELECT phone FROM account")).scalar_one())
        found = db.query(Account).filter_by(phone_index=phone_index("13800001234")).one()
        assert b"138" not in raw
        assert found.phone == "13800001234"


def test_blind_index_depends_on_the_key() -> None:
    """Without the key nobody can try all phone numbers."""
    before = blind_index("13800001234", purpose="phone")

    set_field_key(b"x" * 32)

    assert blind_index("13800001234", purpose="phone") != before


@pytest.mark.parametrize("wrong", ["", "12345678901", "1380000123", "138000012345", "abc", "+86 1280000 1234"])
def test_wrong_phone_is_refused_with_an_example(wrong: str) -> None:
    """The message shows what a number looks like."""
    with pytest.raises(WrongValue, match="13800001234"):
        normal_phone(wrong)


def test_masked_phone_hides_the_middle() -> None:
    """Three first and two last digits remain."""
    assert masked_phone("13800001234") == "138******34"
