"""Task folders and runs in the forms that retrieval is measured with.

A *task* is a corpus (docid, text), queries (qid, text) and judgements (qid, iter, docid, rel), each a table with a head
line and tabs. A *run* is what a system answers: `qid Q0 docid rank score tag`, best first. A query that is itself a
document of the corpus is no answer to itself. Knows no model.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from matching.files import WrongFile

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Texts:
    """Texts by id, in the table's order."""

    ids: list[str]
    texts: list[str]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Task:
    """What to rank, what for, and what is right: qid → docid → grade above 0."""

    corpus: Texts
    queries: Texts
    grades: dict[str, dict[str, float]]
    queries_are_documents: bool


def read_texts(path: Path, id_column: str) -> Texts:
    """A table of ids and texts; raises WrongFile."""
    rows = list(_rows(path, (id_column, "text")))
    return Texts([row[id_column] for row in rows], [row["text"] for row in rows])


def read_task(folder: Path, split: str) -> Task:
    """A task folder with its judged queries; the corpus may lie one folder above. Raises WrongFile."""
    corpus = next((path for path in (folder / "corpus.tsv", folder.parent / "corpus.tsv") if path.exists()), None)
    if corpus is None:
        raise WrongFile(f"{folder}: no corpus.tsv here or one folder above")
    documents, queries = read_texts(corpus, "docid"), read_texts(folder / split / "queries.tsv", "qid")
    are_documents = hold_queries(documents, queries)
    grades: dict[str, dict[str, float]] = {}
    for row in _rows(folder / split / "qrels.tsv", ("qid", "docid", "rel")):
        if float(row["rel"]) > 0 and not (are_documents and row["docid"] == row["qid"]):
            grades.setdefault(row["qid"], {})[row["docid"]] = float(row["rel"])
    judged = [(qid, text) for qid, text in zip(queries.ids, queries.texts, strict=True) if qid in grades]
    return Task(documents, Texts([qid for qid, _ in judged], [text for _, text in judged]), grades, are_documents)


def hold_queries(corpus: Texts, queries: Texts) -> bool:
    """Whether the queries are documents: most of the ids that both tables have name texts that begin alike.

    Translations share their ids and not their texts; there the document of the query's id is the answer.
    """
    by_id = dict(zip(corpus.ids, corpus.texts, strict=True))
    shared = [(by_id[qid], text) for qid, text in zip(queries.ids, queries.texts, strict=True) if qid in by_id]
    return sum(document.startswith(text) for document, text in shared) * 2 > len(shared)


def ranked(docids: Sequence[str], scores: Scores, *, without: str | None) -> Iterator[tuple[str, float]]:
    """Documents best first with their scores, equals in the corpus's order; one can be left out."""
    for number in np.argsort(-scores, kind="stable").tolist():
        if docids[number] != without:
            yield docids[number], float(scores[number])


def write_run(out: TextIO, rankings: Iterable[tuple[str, Iterable[tuple[str, float]]]], *, tag: str) -> None:
    """Write a run: for each qid its documents, best first."""
    for qid, ranking in rankings:
        out.writelines(
            f"{qid} Q0 {docid} {rank} {score:.6f} {tag}\n" for rank, (docid, score) in enumerate(ranking, start=1)
        )


def _rows(path: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            lacking = [name for name in columns if name not in (reader.fieldnames or ())]
            if lacking:
                raise WrongFile(f"{path}: no column {', '.join(lacking)} in the first line")
            for row in reader:
                if any(row[name] is None for name in columns):
                    raise WrongFile(f"{path}: line {reader.line_num} has too few columns")
                yield row
    except (OSError, UnicodeDecodeError) as error:
        raise WrongFile(f"{path}: {getattr(error, 'strerror', None) or 'not UTF-8'}") from error
