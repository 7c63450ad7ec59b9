"""Which pages may open rooms."""

from pathlib import Path

import pytest

from fair.settings import read_settings
from live.origins import Origins


def origins(tmp_path: Path, **environ: str) -> Origins:
    """The origins of an installation."""
    return Origins(read_settings({"GANGBO_VAR": str(tmp_path), **environ}, dotenv=None))


@pytest.mark.parametrize("origin", ["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"])
def test_own_machine_is_allowed_by_default(tmp_path, origin):
    """On loopback the site is known by its usual names."""
    assert origins(tmp_path).allows([origin], host="127.0.0.1:8001")


def test_public_address_is_the_only_one(tmp_path):
    """Where users have one address, no other opens rooms."""
    public = origins(tmp_path, GANGBO_PUBLIC_URL="https://fair.example.cn")

    assert public.allows(["https://fair.example.cn"], host="fair.example.cn")
    for wrong in ("http://fair.example.cn", "https://fair.example.cn.evil.test", "http://localhost:8000", "null"):
        assert not public.allows([wrong], host="fair.example.cn")


def test_two_or_no_origins_are_refused(tmp_path):
    """A browser sends exactly one."""
    own = "http://localhost:8000"

    assert not origins(tmp_path).allows([], host="localhost:8001")
    assert not origins(tmp_path).allows([own, own], host="localhost:8001")


def test_site_on_every_address_is_opened_by_address_not_by_name(tmp_path):
    """A name that somebody pointed here is no origin of ours; the address that was asked for is."""
    everywhere = origins(tmp_path, GANGBO_HOST="0.0.0.0")

    assert everywhere.allows(["http://192.168.1.20:8000"], host="192.168.1.20:8001")
    assert not everywhere.allows(["http://192.168.1.21:8000"], host="192.168.1.20:8001")
    assert not everywhere.allows(["http://evil.test:8000"], host="evil.test:8001")
