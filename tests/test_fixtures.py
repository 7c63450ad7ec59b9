"""The databases that tests are given are empty, apart from one another, and gone afterwards."""

import fcntl
import json
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from sqlalchemy import create_engine, inspect, text

from tests.ports import free_port
from tests.quiet import turn


def test_database_url_names_an_empty_database(database_url):
    """A test finds no table in its database and can make one."""
    engine = create_engine(database_url)

    found = inspect(engine).get_table_names()
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE here (id INTEGER)"))

    assert found == []
    assert inspect(engine).get_table_names() == ["here"]
    engine.dispose()


def test_redis_url_names_an_own_database(redis_url):
    """A test finds nothing in its Redis database but the mark that it is taken."""
    with redis.Redis.from_url(redis_url) as client:
        keys = client.keys()

    assert keys == [b"gangbo:test"]


def test_free_port_is_nobody_elses():
    """Ports differ from one another and from those that another process of tests is given at the same time."""
    own = {free_port() for _ in range(5)}

    asking = "import json; from tests.ports import free_port; print(json.dumps([free_port() for _ in range(5)]))"
    done = subprocess.run([sys.executable, "-c", asking], capture_output=True, text=True, check=True)

    assert len(own | set(json.loads(done.stdout))) == 10


@pytest.mark.parametrize(("is_alone", "has_company"), [(True, False), (False, True)])
def test_machine_is_shared_but_with_who_wants_it_alone(tmp_path: Path, is_alone: bool, has_company: bool) -> None:
    """While somebody is alone nobody else begins; others run side by side."""
    with turn(tmp_path, is_alone=is_alone), (tmp_path / "machine").open("w") as machine:
        try:
            fcntl.flock(machine, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            begins = False
        else:
            begins = True

    assert begins is has_company
