"""How well postings fit people: runs of `python -m matching fit` and of plain text search against judgements.

`python -m bench.fit rank` writes the run of BM25 or TF-IDF over all that profiles and postings say; `python -m
bench.fit table` tells what `judged.tsv` holds of the first ten of each run. A judgement is profile, job_id, fit (0 to
10: how well the posting suits, by reading both), broken (the requirements that the profile calls hard and the posting
breaks or leaves open, joined by commas; empty for none). The postings themselves are no part of the project.

There are three files of invented people: `profiles.jsonl` and `others.jsonl`, whose lists were read while the rules
were written, and `fresh.jsonl`, whose lists were read when they were.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import msgspec
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.telling import print_json
from matching.lexical import LexicalIndex

JUDGED = Path("bench/judged.tsv")
FIRST = 10
_DEPTH = 50

Search = Callable[[str], Sequence[int]]
"""Words → the numbers of the postings that say most of them, best first."""


@dataclass(frozen=True)
class Verdict:
    """How well a posting suits a profile, and the hard requirements that it breaks or leaves open."""

    fit: int
    broken: tuple[str, ...]


Verdicts = Mapping[tuple[str, str], Verdict]
Run = Mapping[str, Sequence[str]]
"""Profile → its postings, best first."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a run or print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.fit", description=__doc__)
    commands = parser.add_subparsers(required=True)
    rank = commands.add_parser("rank", help="rank postings by their words alone")
    rank.add_argument("--postings", type=Path, required=True)
    rank.add_argument("--profiles", type=Path, default=Path("bench/profiles.jsonl"))
    rank.add_argument("--by", choices=list(_WAYS), required=True)
    rank.add_argument("--out", type=Path, required=True)
    rank.set_defaults(run=_rank)
    table = commands.add_parser("table", help="fit and broken requirements of the first ten of each run")
    table.add_argument("runs", type=Path, nargs="+", help="tables of profile, job_id and rank")
    table.add_argument("--judged", type=Path, default=JUDGED)
    table.add_argument("--profiles", type=Path, help="only of the people of this file; without it of all judged")
    table.set_defaults(run=_table)
    wanted = parser.parse_args(arguments)
    wanted.run(wanted)
    return 0


def read_verdicts(path: Path = JUDGED) -> Verdicts:
    """The judgements of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            (row["profile"], row["job_id"]): Verdict(int(row["fit"]), tuple(filter(None, row["broken"].split(","))))
            for row in csv.DictReader(file, delimiter="\t")
        }


def read_run(path: Path) -> Run:
    """The run of a table; raises KeyError where a column is missing."""
    found: dict[str, list[tuple[int, str]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            found.setdefault(row["profile"], []).append((int(row["rank"]), row["job_id"]))
    return {profile: [job for _, job in sorted(rows)] for profile, rows in found.items()}


def measured(run: Run, verdicts: Verdicts) -> dict[str, Any]:
    """Mean fit and share of broken of what is shown first, place left empty counting as fit 0; what is unjudged.

    `best_possible` is the fit of the best order of all that was judged.
    """
    profiles = list(dict.fromkeys(profile for profile, _ in verdicts))
    shown = [(profile, job) for profile in profiles for job in run.get(profile, ())[:FIRST]]
    known = [verdicts[pair] for pair in shown if pair in verdicts]
    best = [
        sorted((one.fit for (whose, _), one in verdicts.items() if whose == profile), reverse=True)[:FIRST]
        for profile in profiles
    ]
    places = FIRST * len(profiles) - (len(shown) - len(known))
    return {
        "profiles": len(profiles),
        "shown": len(shown),
        "unjudged": len(shown) - len(known),
        "fit": round(sum(one.fit for one in known) / places, 2) if places else 0.0,
        "broken": round(fmean(bool(one.broken) for one in known), 3) if known else 0.0,
        "broken_by": _counted(reason for one in known for reason in one.broken),
        "best_possible": round(sum(map(sum, best)) / (FIRST * len(profiles)), 2) if profiles else 0.0,
    }


def bm25(texts: Sequence[str]) -> Search:
    """BM25 over characters, pairs of them and words."""
    index = LexicalIndex()
    for number, text in enumerate(texts):
        index.put(number, text)
    return lambda query: list(index.search(query, limit=_DEPTH))


def tfidf(texts: Sequence[str]) -> Search:
    """Cosine of TF-IDF over pieces of 1 to 3 characters."""
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2)
    matrix = vectorizer.fit_transform(texts)

    def search(query: str) -> Sequence[int]:
        scores = np.asarray((matrix @ vectorizer.transform([query]).T).todense()).ravel()
        numbers: list[int] = np.argsort(-scores, kind="stable")[:_DEPTH].tolist()
        return numbers

    return search


_WAYS: Mapping[str, Callable[[Sequence[str]], Search]] = {"bm25": bm25, "tfidf": tfidf}


def posting_text(job: Mapping[str, Any]) -> str:
    """All that a posting says in words."""
    keys = ("title", "company", "region", "address", "education", "skills", "welfare", "description")
    return "\n".join(str(job[key]) for key in keys if job.get(key))


def profile_text(profile: Mapping[str, Any]) -> str:
    """All that a profile says in words."""
    lists = [word for key in ("wanted_work", "skills", "certificates", "places") for word in profile.get(key, ())]
    return "\n".join([*lists, str(profile.get("education", "")), str(profile.get("text", ""))])


def _rank(wanted: argparse.Namespace) -> None:
    jobs = list(_lines(wanted.postings))
    search = _WAYS[wanted.by]([posting_text(job) for job in jobs])
    with wanted.out.open("w", encoding="utf-8") as out:
        out.write("profile\tjob_id\trank\n")
        for profile in _lines(wanted.profiles):
            for rank, number in enumerate(search(profile_text(profile)), start=1):
                out.write(f"{profile['id']}\t{jobs[number]['job_id']}\t{rank}\n")


def _table(wanted: argparse.Namespace) -> None:
    verdicts = read_verdicts(wanted.judged)
    if wanted.profiles is not None:
        people = {profile["id"] for profile in _lines(wanted.profiles)}
        verdicts = {pair: verdict for pair, verdict in verdicts.items() if pair[0] in people}
    print_json({path.stem: measured(read_run(path), verdicts) for path in wanted.runs})


def _counted(reasons: Iterator[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for reason in reasons:
        found[reason] = found.get(reason, 0) + 1
    return dict(sorted(found.items()))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    decoder = msgspec.json.Decoder(dict[str, Any])
    with path.open("rb") as file:
        yield from map(decoder.decode, file)


if __name__ == "__main__":
    sys.exit(main())
