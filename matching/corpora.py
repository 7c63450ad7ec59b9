"""Where the bundled encoder's training pairs come from: each source's file and its columns.

Owns reading public files into pairs of texts that mean much the same. Knows no vectors.
A source whose file is missing from the folder is left out, so the list is also the
documentation of the formats. The texts themselves are not part of this project.

| source | file in the folder | read as |
| --- | --- | --- |
| postings, halves | cn_jobs_2024_2025/jobs.jsonl | job_id, title, skills, description |
| functions | cn_jobs_51job_function_labelled/jobs.jsonl | title, functions, description |
| graduates | cn_jobseekers_5iai_2023/jobs.jsonl | title, position_keys, description |
| occupations, spans | cn_occupation_classification_2022/occupations_2022.csv | minor, name, desc |
| titles | cn_job_title_taxonomies/{bosszhipin,huibo}_positions_2020.tsv | id, parent, name |
| related | cn_job_title_taxonomies/related_search_terms_597.tsv | term, related |
| onet | onet_titles_en/occupations.tsv, task_statements.tsv | code, title, description, task |
| esco, english_spans | esco_occupations_en/altlabel_to_occupation/corpus.tsv | docid, "name. description" |
| isco | esco_occupations_en/isco_groups_en.csv | preferredLabel, altLabels, description |

The other sources are the project's own names (`matching.glossary`). Spans are some neighbouring words of a description,
as somebody may put what they look for, with the whole of it. Postings whose job_id stands in
cn_jobs_title_retrieval_weak/corpus.tsv are held out.
"""

import csv
import itertools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from matching import glossary
from matching.pairs import Pair, in_english

OWN = frozenset({"glossary", "families", "matters", "studies", "composed"})
CROP_CHARACTERS = 220
WHOLE_CHARACTERS = 900
HALF_CHARACTERS = 300
_LEAST_DESCRIPTION = 20
_SPANS, _ENGLISH_SPANS = 8, 2
_ENDINGS = ("工", "员", "操作工", "师", "技术人员", "维修工", "人员")


def sources(folder: Path) -> dict[str, list[Pair]]:
    """Pairs of every source found in the folder, by the source's name."""
    found = {}
    for name, read in _READERS.items():
        try:
            found[name] = [pair for pair in read(folder) if pair.left and pair.right]
        except FileNotFoundError:
            continue
    found["glossary"] = list(glossary.names())
    found["families"] = list(glossary.families())
    found["matters"] = list(glossary.matters())
    found["studies"] = list(glossary.studies())
    found["composed"] = list(glossary.composed())
    return found


def _postings(folder: Path) -> Iterator[Pair]:
    """By how titles end, so that neighbours are one kind of work with different fields: the hardest to tell apart."""
    for job in sorted(_not_held_out(folder), key=_title_from_its_end):
        title, description = job["title"], job.get("description", "")[:WHOLE_CHARACTERS]
        if len(description) >= _LEAST_DESCRIPTION:
            yield Pair(title, description, title)
        if job.get("skills"):
            yield Pair(title, _joined(job["skills"]), title)


def _title_from_its_end(job: dict[str, str]) -> str:
    return re.sub(r"[（(【\[].*?[）)】\]]|\W", "", job["title"]).lower()[::-1]


def _halves_of_postings(folder: Path) -> Iterator[Pair]:
    for job in _not_held_out(folder):
        yield from _halves(job.get("description", ""), job["title"], characters=HALF_CHARACTERS)


def _not_held_out(folder: Path) -> Iterator[dict]:  # type: ignore[type-arg]
    held_out = {row["docid"] for row in _table(folder / "cn_jobs_title_retrieval_weak/corpus.tsv")}
    return (job for job in _lines(folder / "cn_jobs_2024_2025/jobs.jsonl") if job["job_id"] not in held_out)


def _functions(folder: Path) -> Iterator[Pair]:
    titles: dict[str, list[str]] = {}
    for job in _lines(folder / "cn_jobs_51job_function_labelled/jobs.jsonl"):
        function = job["functions"][0]
        yield from _posting(job["title"], job["description"], function)
        yield Pair(function, job["title"], function)
        titles.setdefault(function, []).append(job["title"])
    for function, alike in titles.items():
        for left, right in itertools.pairwise(alike):
            yield Pair(left, right, function)


def _graduates(folder: Path) -> Iterator[Pair]:
    for job in _lines(folder / "cn_jobseekers_5iai_2023/jobs.jsonl"):
        yield from _posting(job["title"], job.get("description", ""), job["title"])
        if job.get("position_keys"):
            yield Pair(job["title"], _joined(job["position_keys"]), job["title"])


def _occupations(folder: Path) -> Iterator[Pair]:
    for row in _classified(folder):
        name, (definition, _, tasks) = row["name"], row["desc"].partition("主要工作任务")
        yield Pair(name, definition, name)
        yield Pair(name, row["minor"], row["minor"])
        listed = [task for task in re.split(r"\s*\d+\.\s*|[;；:：]", tasks) if len(task) > 5]
        for task in listed:
            yield Pair(name, task, name)
        for left, right in itertools.pairwise(listed):
            yield Pair(left, right, name)


def _spans(folder: Path) -> Iterator[Pair]:
    """A name and some short spans, half of them with the ending of a trade, to the whole description."""
    chance = np.random.default_rng(0)
    for row in _classified(folder):
        name, text = row["name"], row["desc"]
        yield Pair(name, text, name)
        runs = re.findall(r"[\u4e00-\u9fff]{3,}", text.replace("主要工作任务", "。"))
        for _ in range(_SPANS if runs else 0):
            run = runs[chance.integers(len(runs))]
            size = min(int(chance.integers(2, 7)), len(run))
            start = int(chance.integers(len(run) - size + 1))
            ending = chance.choice((*_ENDINGS, name[-2:], name[-2:], *[""] * 9))
            whole = text if chance.random() < 0.5 else f"{name}。{text}"
            yield Pair(run[start : start + size] + ending, whole, name)


def _classified(folder: Path) -> Iterator[dict[str, str]]:
    return _table(folder / "cn_occupation_classification_2022/occupations_2022.csv", delimiter=",")


def _titles(folder: Path) -> Iterator[Pair]:
    for board in ("bosszhipin", "huibo"):
        rows = list(_table(folder / f"cn_job_title_taxonomies/{board}_positions_2020.tsv"))
        names = {row["id"]: row["name"] for row in rows}
        children: dict[str, list[str]] = {}
        for row in rows:
            if row["parent"] in names:
                parent = names[row["parent"]]
                yield Pair(row["name"], parent, parent)
                children.setdefault(parent, []).append(row["name"])
        for parent, alike in children.items():
            for left, right in itertools.pairwise(alike):
                yield Pair(left, right, parent)


def _related(folder: Path) -> Iterator[Pair]:
    for row in _table(folder / "cn_job_title_taxonomies/related_search_terms_597.tsv"):
        yield Pair(row["term"], row["related"], row["term"])


def _onet(folder: Path) -> Iterator[Pair]:
    titles = {}
    for row in _table(folder / "onet_titles_en/occupations.tsv"):
        title = titles[row["O*NET-SOC Code"]] = row["Title"]
        yield in_english(title, row["Description"], title)
    for row in _table(folder / "onet_titles_en/task_statements.tsv"):
        title = titles[row["O*NET-SOC Code"]]
        yield in_english(title, row["Task"], title)


def _esco(folder: Path) -> Iterator[Pair]:
    for name, description in _described(folder):
        yield in_english(name, description, name)
        for pair in _halves(description, name, characters=CROP_CHARACTERS):
            yield in_english(pair.left, pair.right, name)


def _english_spans(folder: Path) -> Iterator[Pair]:
    chance = np.random.default_rng(0)
    for name, description in _described(folder):
        words = re.findall(r"[A-Za-z]+", description)
        for _ in range(_ENGLISH_SPANS if len(words) >= _LEAST_DESCRIPTION else 0):
            size = int(chance.integers(2, 5))
            start = int(chance.integers(len(words) - size))
            span = " ".join(words[start : start + size])
            yield Pair(span, f"{name}. {description}", name, (span, description))


def _described(folder: Path) -> Iterator[tuple[str, str]]:
    for row in _table(folder / "esco_occupations_en/altlabel_to_occupation/corpus.tsv"):
        name, _, description = row["text"].partition(". ")
        yield name, description


def _isco(folder: Path) -> Iterator[Pair]:
    for row in _table(folder / "esco_occupations_en/isco_groups_en.csv", delimiter=","):
        name = row["preferredLabel"]
        yield in_english(name, row["description"][:600], name)
        for label in (row["altLabels"] or "").splitlines():
            yield in_english(name, label, name)


_READERS: dict[str, Callable[[Path], Iterator[Pair]]] = {
    "postings": _postings,
    "halves": _halves_of_postings,
    "functions": _functions,
    "graduates": _graduates,
    "occupations": _occupations,
    "spans": _spans,
    "titles": _titles,
    "related": _related,
    "onet": _onet,
    "esco": _esco,
    "english_spans": _english_spans,
    "isco": _isco,
}


def _posting(title: str, description: str, topic: str) -> Iterator[Pair]:
    """A posting as title to opening, title to a later part, and half to half."""
    if len(description) < _LEAST_DESCRIPTION:
        return
    middle = description[len(description) // 3 :]
    yield Pair(title, description[:CROP_CHARACTERS], topic)
    yield Pair(title, middle[:CROP_CHARACTERS], topic)
    yield from _halves(description, topic, characters=CROP_CHARACTERS)


def _halves(text: str, topic: str, *, characters: int) -> Iterator[Pair]:
    """Every other sentence of a text to the rest of it."""
    sentences = [part for part in re.split(r"[。；;\n]|\. ", text) if part.strip()]
    if len(sentences) > 1:
        left, right = " ".join(sentences[::2]), " ".join(sentences[1::2])
        yield Pair(left[:characters], right[:characters], topic)


def _joined(words: list[str] | str) -> str:
    return words if isinstance(words, str) else " ".join(words)


def _lines(path: Path) -> Iterator[dict]:  # type: ignore[type-arg]
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _table(path: Path, *, delimiter: str = "\t") -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        if delimiter == "\t":
            yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        else:
            yield from csv.DictReader(file, delimiter=delimiter)
