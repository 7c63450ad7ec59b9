"""Task folders in, runs out; tables that cannot be read say where."""

import io
from pathlib import Path

import numpy as np
import pytest

from matching.files import WrongFile
from matching.trec import ranked, read_task, write_run


def make_task(folder: Path, *, qrels: str = "qid\titer\tdocid\trel\nq1\t0\td2\t2\nq1\t0\td1\t0\n") -> Path:
    """A task with two documents and two queries, of which one is judged."""
    (folder / "dev").mkdir(parents=True)
    (folder / "corpus.tsv").write_text('docid\ttext\nd1\t电工\nd2\t焊工 "熟练"\n', encoding="utf-8")
    (folder / "dev" / "queries.tsv").write_text("qid\ttext\nq1\t焊工\nq2\t保洁\n", encoding="utf-8")
    (folder / "dev" / "qrels.tsv").write_text(qrels, encoding="utf-8")
    return folder


def test_task_has_judged_queries_and_grades_above_zero(tmp_path):
    """A query without judgements is left out, a grade of 0 is no right document, quotes are text."""
    task = read_task(make_task(tmp_path), "dev")

    assert task.queries.ids == ["q1"]
    assert task.grades == {"q1": {"d2": 2.0}}
    assert task.corpus.texts == ["电工", '焊工 "熟练"']


def test_corpus_may_lie_one_folder_above(tmp_path):
    """Several tasks share one corpus."""
    make_task(tmp_path / "one")
    (tmp_path / "one" / "corpus.tsv").rename(tmp_path / "corpus.tsv")

    assert len(read_task(tmp_path / "one", "dev").corpus) == 2


@pytest.mark.parametrize(
    ("qrels", "named"),
    [("qid\tdocid\n", "no column rel"), ("qid\titer\tdocid\trel\nq1\t0\n", "line 2 has too few columns")],
)
def test_wrong_table_says_where(tmp_path, qrels, named):
    """A missing column or a short line is named with its file."""
    with pytest.raises(WrongFile, match=rf"qrels\.tsv: .*{named}"):
        read_task(make_task(tmp_path, qrels=qrels), "dev")


def test_missing_corpus_is_named(tmp_path):
    """A folder that is no task says what it lacks."""
    with pytest.raises(WrongFile, match=r"no corpus\.tsv"):
        read_task(tmp_path, "dev")


def test_run_is_best_first_without_the_query_itself():
    """Equals keep the corpus's order, and a document that is the query is not its own answer."""
    scores = np.array([0.5, 0.9, 0.5, 1.0], dtype=np.float32)
    out = io.StringIO()

    write_run(out, [("d4", ranked(["d1", "d2", "d3", "d4"], scores, without="d4"))], tag="hybrid")

    assert out.getvalue().splitlines() == [
        "d4 Q0 d2 1 0.900000 hybrid",
        "d4 Q0 d1 2 0.500000 hybrid",
        "d4 Q0 d3 3 0.500000 hybrid",
    ]


def test_query_that_is_a_document_is_not_its_own_answer(tmp_path):
    """A judgement of a query by itself counts for nothing where the queries stand in the corpus."""
    qrels = "qid\titer\tdocid\trel\nd2\t0\td2\t1\nd2\t0\td1\t1\n"
    folder = make_task(tmp_path, qrels=qrels)
    (folder / "dev" / "queries.tsv").write_text("qid\ttext\nd2\t焊工\n", encoding="utf-8")

    task = read_task(folder, "dev")

    assert task.queries_are_documents
    assert task.grades == {"d2": {"d1": 1.0}}


def test_translation_with_the_id_of_its_query_is_the_answer(tmp_path):
    """Ids alone do not make a query a document: the texts must begin alike."""
    folder = make_task(tmp_path, qrels="qid\titer\tdocid\trel\nd2\t0\td2\t1\n")
    (folder / "dev" / "queries.tsv").write_text("qid\ttext\nd2\twelder\n", encoding="utf-8")

    task = read_task(folder, "dev")

    assert not task.queries_are_documents
    assert task.grades == {"d2": {"d2": 1.0}}
