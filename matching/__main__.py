"""Measuring from the command line: `python -m matching rank …`, `evaluate …` and `fit …`.

Owns the arguments; what is measured lies in `matching.signals`, `matching.measures` and `matching.fit`.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from matching.encoder import BUNDLED, ModelUnavailable, load_encoder
from matching.evaluation import evaluated
from matching.files import WrongFile
from matching.fit import fits
from matching.signals import Corpus, Signal
from matching.trec import hold_queries, ranked, read_task, read_texts, write_run


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status: 2 with one line when a table or the model cannot be read."""
    wanted = _parser().parse_args(arguments)
    try:
        status: int = wanted.run(wanted)
    except (WrongFile, ModelUnavailable) as wrong:
        print(wrong, file=sys.stderr)
        return 2
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m matching", description="Measures how texts are ranked.")
    commands = parser.add_subparsers(required=True)
    rank = commands.add_parser("rank", help="rank a corpus for queries; writes a TREC run")
    rank.add_argument("--corpus", type=Path, required=True, help="table of docid and text")
    rank.add_argument("--queries", type=Path, required=True, help="table of qid and text")
    rank.add_argument("--out", type=Path, required=True, help="the run to write")
    rank.add_argument("--signals", type=_signals, default=frozenset(Signal), help="dense, lexical or both (default)")
    rank.add_argument("--depth", type=int, default=None, help="documents a query; all without it")
    rank.set_defaults(run=_rank)
    evaluate = commands.add_parser("evaluate", help="MAP, MRR and nDCG@10 of a labelled task, as JSON")
    evaluate.add_argument("task", type=Path, help="folder with corpus.tsv and SPLIT/queries.tsv, SPLIT/qrels.tsv")
    evaluate.add_argument("--split", default="dev", help="which half (dev)")
    evaluate.set_defaults(run=_evaluate)
    fit = commands.add_parser("fit", help="rank postings for profiles, by all that the product goes by")
    fit.add_argument("--postings", type=Path, required=True, help="a posting a line, as JSON")
    fit.add_argument("--profiles", type=Path, required=True, help="a profile a line, as JSON")
    fit.add_argument("--out", type=Path, required=True, help="table to write: profile, job_id, rank")
    fit.set_defaults(run=_fit)
    for command in (rank, evaluate, fit):
        command.add_argument("--model", default=BUNDLED, help="bundled, or any sentence-transformers model")
    return parser


def _rank(wanted: argparse.Namespace) -> int:
    texts, queries = read_texts(wanted.corpus, "docid"), read_texts(wanted.queries, "qid")
    corpus = Corpus(texts.texts, load_encoder(wanted.model))
    are_documents = hold_queries(texts, queries)
    tag = "hybrid" if len(wanted.signals) > 1 else next(iter(wanted.signals))
    with wanted.out.open("w", encoding="utf-8") as out:
        for qid, query in zip(queries.ids, queries.texts, strict=True):
            scores = corpus.scores(query, wanted.signals)
            order = list(ranked(texts.ids, scores, without=qid if are_documents else None))
            write_run(out, [(qid, order[: wanted.depth])], tag=tag)
    return 0


def _evaluate(wanted: argparse.Namespace) -> int:
    task = read_task(wanted.task, wanted.split)
    print(json.dumps(evaluated(task, load_encoder(wanted.model)), indent=2))
    return 0


def _fit(wanted: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    with wanted.out.open("w", encoding="utf-8") as out:
        out.write("profile\tjob_id\trank\tscore\n")
        for profile, found in fits(wanted.postings, wanted.profiles, load_encoder(wanted.model)):
            out.writelines(
                f"{profile}\t{job_id}\t{rank}\t{score}\n" for rank, (job_id, score) in enumerate(found, start=1)
            )
    return 0


def _signals(words: str) -> frozenset[Signal]:
    try:
        found = frozenset(Signal(word.strip()) for word in words.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}; there are dense and lexical") from error
    return found


if __name__ == "__main__":
    sys.exit(main())
