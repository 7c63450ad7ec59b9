"""The databases that tests are given are empty, apart from one another, and gone afterwards."""

import redis
from sqlalchemy import create_engine, inspect, text


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
