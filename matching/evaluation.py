"""How well the signals rank a labelled task, beside the floor: TF-IDF over character n-grams.

The floor counts pieces of 1 to 3 characters in a Chinese corpus, and of 2 to 4 within words in any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from matching.encoder import Encoder
from matching.measures import measured
from matching.signals import Corpus, Scores, Signal
from matching.trec import Task, ranked


def evaluated(task: Task, encoder: Encoder) -> dict[str, object]:
    """The sizes of a task, and MAP, MRR and nDCG@10 by signal."""
    corpus, floor = Corpus(task.corpus.texts, encoder), _floor(task.corpus.texts)
    ways: dict[str, Callable[[str], Scores]] = {
        "dense": lambda query: corpus.scores(query, frozenset({Signal.DENSE})),
        "lexical": lambda query: corpus.scores(query, frozenset({Signal.LEXICAL})),
        "hybrid": lambda query: corpus.scores(query, frozenset(Signal)),
        "tfidf": floor,
    }
    return {
        "model": encoder.name,
        "queries": len(task.queries),
        "corpus": len(task.corpus),
        **{name: _measured(task, score) for name, score in ways.items()},
    }


def _measured(task: Task, score: Callable[[str], Scores]) -> dict[str, float]:
    found = measured(
        (_order(task, qid, score(query)), task.grades[qid])
        for qid, query in zip(task.queries.ids, task.queries.texts, strict=True)
    )
    return {name: round(value, 4) for name, value in asdict(found).items()}


def _order(task: Task, qid: str, scores: Scores) -> list[str]:
    without = qid if task.queries_are_documents else None
    return [docid for docid, _ in ranked(task.corpus.ids, scores, without=without)]


def _floor(texts: list[str]) -> Callable[[str], Scores]:
    is_chinese = sum("\u4e00" <= text[:1] <= "\u9fff" for text in texts) * 2 > len(texts)
    vectorizer = TfidfVectorizer(
        analyzer="char" if is_chinese else "char_wb",
        ngram_range=(1, 3) if is_chinese else (2, 4),
        sublinear_tf=True,
    )
    matrix = vectorizer.fit_transform(texts)

    def score(query: str) -> Scores:
        return np.asarray((matrix @ vectorizer.transform([query]).T).todense(), dtype=np.float32).ravel()

    return score
