"""Dense, lexical and mixed scores of a corpus, and the command line that measures them."""

import json

import numpy as np
import pytest

from matching.__main__ import main
from matching.encoder import load_encoder
from matching.lexical import LexicalIndex
from matching.signals import LEXICAL_WEIGHT_OF_NAMES, LEXICAL_WEIGHT_OF_TEXTS, Corpus, Signal
from tests.matching.test_trec import make_task

TEXTS = ["低压电工", "焊工", "软件工程师", "welder", "software engineer"]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """Five names of work under the bundled model."""
    return Corpus(TEXTS, load_encoder())


def test_dense_scores_are_cosines(corpus):
    """They equal the inner products of the encoder's vectors."""
    encoder = load_encoder()

    found = corpus.scores("电焊工", frozenset({Signal.DENSE}))

    assert found == pytest.approx(encoder.encode(TEXTS) @ encoder.encode(["电焊工"])[0], abs=1e-6)


def test_lexical_scores_are_those_of_the_index(corpus):
    """A text that shares no term scores 0."""
    index = LexicalIndex()
    for number, text in enumerate(TEXTS):
        index.put(number, text)

    found = corpus.scores("电焊工", frozenset({Signal.LEXICAL}))

    assert {number: score for number, score in enumerate(found.tolist()) if score} == pytest.approx(
        index.search("电焊工", limit=5)
    )
    assert found[3] == 0 < found[1]


def test_mix_adds_a_share_of_the_lexical_score(corpus):
    """The mixed score is the cosine and a share of the lexical one."""
    dense, lexical = (corpus.scores("电焊工", frozenset({signal})) for signal in Signal)

    found = corpus.scores("电焊工", frozenset(Signal))

    assert np.allclose(found, dense + LEXICAL_WEIGHT_OF_NAMES * lexical)


def test_words_count_more_in_whole_texts(corpus):
    """Among texts that say much, having the very words in common weighs more than among names."""
    whole = Corpus(
        [f"{name}。{name}的工作是操作、检查和维护设备,按照工艺要求完成生产任务,并记录生产数据。" for name in TEXTS],
        load_encoder(),
    )

    dense, lexical = (whole.scores("电焊工", frozenset({signal})) for signal in Signal)

    assert np.allclose(whole.scores("电焊工", frozenset(Signal)), dense + LEXICAL_WEIGHT_OF_TEXTS * lexical)
    assert whole.lexical_weight > corpus.lexical_weight


def test_name_is_half_of_the_likeness_where_texts_begin_with_one():
    """The mean of the cosines with the name and with the whole text; texts without a name are compared whole."""
    encoder = load_encoder()
    bodies = [f"{name}的工作是操作、检查和维护设备,按照工艺要求完成生产任务" for name in TEXTS]
    named = [f"{name}。{body}" for name, body in zip(TEXTS, bodies, strict=True)]
    query = encoder.encode(["电焊工"])[0]

    with_names, without = (
        Corpus(texts, encoder).scores("电焊工", frozenset({Signal.DENSE})) for texts in (named, bodies)
    )

    assert with_names == pytest.approx((encoder.encode(named) + encoder.encode(TEXTS)) @ query / 2, abs=1e-6)
    assert without == pytest.approx(encoder.encode(bodies) @ query, abs=1e-6)


def test_pieces_of_words_find_their_kin(corpus):
    """An English word finds another of its stem by words alone, and a number no other number."""
    found = corpus.scores("welding", frozenset({Signal.LEXICAL}))

    assert found.argmax() == TEXTS.index("welder")
    assert found[TEXTS.index("welder")] > 0


def test_rank_writes_a_run_of_the_whole_corpus(tmp_path):
    """Every document for every query, ranked from 1; one signal or both."""
    task = make_task(tmp_path)
    tables = ["--corpus", f"{task}/corpus.tsv", "--queries", f"{task}/dev/queries.tsv", "--out", f"{task}/run"]

    assert main(["rank", *tables, "--signals", "lexical"]) == 0

    lines = [line.split() for line in (task / "run").read_text().splitlines()]
    assert [(line[0], line[2], line[3]) for line in lines[:2]] == [("q1", "d2", "1"), ("q1", "d1", "2")]
    assert len(lines) == 4
    assert {line[5] for line in lines} == {"lexical"}


def test_rank_keeps_a_translation_that_has_the_id_of_its_query(tmp_path):
    """A document is left out for a query only when it is the query itself."""
    task = make_task(tmp_path)
    (task / "dev" / "queries.tsv").write_text("qid\ttext\nd2\twelder\n", encoding="utf-8")
    tables = ["--corpus", f"{task}/corpus.tsv", "--queries", f"{task}/dev/queries.tsv", "--out", f"{task}/run"]

    assert main(["rank", *tables, "--signals", "dense"]) == 0

    assert [line.split()[2] for line in (task / "run").read_text().splitlines()] == ["d2", "d1"]


def test_evaluate_prints_every_signal_as_json(tmp_path, capsys):
    """The right document is found first by all but chance."""
    assert main(["evaluate", str(make_task(tmp_path))]) == 0

    printed = json.loads(capsys.readouterr().out)
    assert (printed["queries"], printed["corpus"]) == (1, 2)
    for signal in ("dense", "lexical", "hybrid", "tfidf"):
        assert printed[signal] == {"map": 1.0, "mrr": 1.0, "ndcg_at_10": 1.0}


def test_unreadable_task_is_one_line_and_status_two(tmp_path, capsys):
    """A folder without tables says so without a trace."""
    assert main(["evaluate", str(tmp_path)]) == 2

    assert capsys.readouterr().err.count("\n") == 1


def test_unknown_signal_is_refused(tmp_path, capsys):
    """The message names the signals that there are."""
    with pytest.raises(SystemExit):
        main(["rank", "--corpus", "c", "--queries", "q", "--out", "o", "--signals", "magic"])

    assert "dense and lexical" in capsys.readouterr().err
