"""Other indexes to measure beside ours: hnswlib, and PostgreSQL with pgvector (package pgserver), where installed.

Neither is a dependency of the product: `pip install '.[bench]'`.
"""

from __future__ import annotations

import importlib
import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Way = Callable[[int], Sequence[int]]

_MOST_VECTORS = 100_000  # More would take either of them many minutes to build.
_LINKS, _BUILT_WITH, _LOOKED_AT = 16, 100, 200


@contextmanager
def hnswlib_way(held: Vectors, queries: Vectors, wanted: int, *, told: Callable[[str], None]) -> Iterator[Way | None]:
    """A search by hnswlib; None where it is not installed or the vectors are too many."""
    hnswlib = _module("hnswlib")
    if hnswlib is None or len(held) > _MOST_VECTORS:
        yield None
        return
    told("hnswlib")
    index = hnswlib.Index(space="ip", dim=held.shape[1])
    index.init_index(max_elements=len(held), M=_LINKS, ef_construction=_BUILT_WITH, random_seed=1)
    index.set_num_threads(1)
    index.add_items(held)
    index.set_ef(_LOOKED_AT)
    yield lambda at: index.knn_query(queries[at], k=wanted)[0][0].tolist()


@contextmanager
def pgvector_way(held: Vectors, queries: Vectors, wanted: int, *, told: Callable[[str], None]) -> Iterator[Way | None]:
    """A search by pgvector's HNSW; None where it is not installed, does not start, or the vectors are too many."""
    pgserver = _module("pgserver")
    if pgserver is None or len(held) > _MOST_VECTORS:
        yield None
        return
    told("pgvector")
    with tempfile.TemporaryDirectory() as folder:
        try:
            server = pgserver.get_server(folder, cleanup_mode="delete")
        except Exception as error:
            told(f"pgvector does not start: {error}")
            yield None
            return
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as db:
                _fill(db, held)
                texts = [_text(query) for query in queries]
                search = f"SELECT id FROM held ORDER BY part <#> %s::vector LIMIT {wanted}"
                yield lambda at: [row[0] for row in db.execute(search, [texts[at]], prepare=True)]
        finally:
            server.cleanup()


def _fill(db: psycopg.Connection[Any], held: Vectors) -> None:
    db.execute("CREATE EXTENSION vector")
    db.execute(f"CREATE TABLE held (id integer PRIMARY KEY, part vector({held.shape[1]}))".encode())
    with db.cursor().copy("COPY held FROM STDIN") as copy:
        for number, vector in enumerate(held):
            copy.write(io.StringIO(f"{number}\t{_text(vector)}\n").read())
    db.execute("SET maintenance_work_mem = '1GB'")
    db.execute(f"CREATE INDEX ON held USING hnsw (part vector_ip_ops) WITH (m = {_LINKS})".encode())
    db.execute(f"SET hnsw.ef_search = {_LOOKED_AT}".encode())


def _text(vector: Vectors) -> str:
    return "[" + ",".join(map(str, vector.tolist())) + "]"


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
