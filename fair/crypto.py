"""Encrypted fields: phone and identity numbers at rest, and the blind index to find one by.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce before each text; the column's name is authenticated with it,
so that a value moved to another column is refused. The key is set once by the process that opens the database.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from fair.errors import WrongSetting

_VERSION = b"\x01"
_keys: list[bytes] = []


def set_field_key(key: bytes, *old_keys: bytes) -> None:
    """Use `key` (32 bytes) from now on; values under `old_keys` can still be read, for re-keying."""
    for each in (key, *old_keys):
        if len(each) != 32:
            raise WrongSetting("GANGBO_FIELD_KEY: write 64 hex digits (32 bytes)")
    _keys[:] = [key, *old_keys]


def seal(text: str, *, purpose: str) -> bytes:
    """Encrypt `text` for one purpose: version, nonce, cipher text and tag."""
    nonce = os.urandom(12)
    return _VERSION + nonce + AESGCM(_current_key()).encrypt(nonce, text.encode(), purpose.encode())


def unseal(sealed: bytes, *, purpose: str) -> str:
    """Decrypt what `seal` made; raises WrongSetting when no known key opens it."""
    if not _keys:
        _current_key()
    for key in _keys:
        try:
            return AESGCM(key).decrypt(sealed[1:13], sealed[13:], purpose.encode()).decode()
        except InvalidTag:
            continue
    raise WrongSetting("GANGBO_FIELD_KEY: this key does not open the database's encrypted fields")


def blind_index(text: str, *, purpose: str) -> str:
    """A keyed digest of `text` (64 hex digits) by which an encrypted value can be found, not read."""
    return hmac.new(_current_key(), f"{purpose}\x00{text}".encode(), hashlib.sha256).hexdigest()


def _current_key() -> bytes:
    if not _keys:
        raise WrongSetting("GANGBO_FIELD_KEY: no key was set before an encrypted field was used")
    return _keys[0]


class EncryptedText(TypeDecorator[str]):
    """A text column encrypted at rest; `purpose` binds the value to its column."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else seal(value, purpose=self.purpose)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else unseal(bytes(value), purpose=self.purpose)
