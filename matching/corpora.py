"""Where the bundled encoder's training pairs come from: each source's file and its columns.

Owns reading public files into pairs of texts that mean much the same. Knows no vectors.
A source whose file is missing from the folder is left out, so the list is also the
documentation of the formats. The texts themselves are not part of this project.

| source | file in the folder | read as |
| --- | --- | --- |
| postings | cn_jobs_2024_2025/jobs.jsonl | job_id, title, skills, description |
| functions | cn_jobs_51job_function_labelled/jobs.jsonl | title, functions, description |
| graduates | cn_jobseekers_5iai_2023/jobs.jsonl | title, position_keys, description |
| occupations | cn_occupation_classification_2022/occupations_2022.csv | minor, name, desc |
| titles | cn_job_title_taxonomies/{bosszhipin,huibo}_positions_2020.tsv | id, parent, name |
| related | cn_job_title_taxonomies/related_search_terms_597.tsv | term, related |
| onet | onet_titles_en/occupations.tsv, task_statements.tsv | code, title, description, task |
| esco | esco_occupations_en/altlabel_to_occupation/corpus.tsv | docid, "name. description" |
| isco | esco_occupations_en/isco_groups_en.csv | preferredLabel, altLabels, description |
| glossary | beside this module: glossary.tsv | zh, en: names of one thing; part: of a title |
| composed | the same | titles put together from its parts |

Postings whose job_id stands in cn_jobs_title_retrieval_weak/corpus.tsv are held out.
"""

import csv
import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

OWN = frozenset({"glossary", "composed"})
GLOSSARY = Path(__file__).parent / "glossary.tsv"
CROP_CHARACTERS = 220


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts to bring together; pairs of one topic are never pushed apart."""

    left: str
    right: str
    topic: str


def sources(folder: Path) -> dict[str, list[Pair]]:
    """Pairs of every source found in the folder, by the source's name."""
    found = {}
    for name, read in _READERS.items():
        try:
            found[name] = [pair for pair in read(folder) if pair.left and pair.right]
        except FileNotFoundError:
            continue
    return found


def _postings(folder: Path) -> Iterator[Pair]:
    held_out = {row["docid"] for row in _table(folder / "cn_jobs_title_retrieval_weak/corpus.tsv")}
    for job in _lines(folder / "cn_jobs_2024_2025/jobs.jsonl"):
        if job["job_id"] not in held_out:
            yield from _posting(job["title"], job.get("description", ""), job["title"])
            if job.get("skills"):
                yield Pair(job["title"], _joined(job["skills"]), job["title"])


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
    path = folder / "cn_occupation_classification_2022/occupations_2022.csv"
    for row in _table(path, delimiter=","):
        name, (definition, _, tasks) = row["name"], row["desc"].partition("主要工作任务")
        yield Pair(name, definition, name)
        yield Pair(name, row["minor"], row["minor"])
        listed = [task for task in re.split(r"\s*\d+\.\s*|[;；:：]", tasks) if len(task) > 5]
        for task in listed:
            yield Pair(name, task, name)
        for left, right in itertools.pairwise(listed):
            yield Pair(left, right, name)


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
        yield Pair(title, row["Description"], title)
    for row in _table(folder / "onet_titles_en/task_statements.tsv"):
        title = titles[row["O*NET-SOC Code"]]
        yield Pair(title, row["Task"], title)


def _esco(folder: Path) -> Iterator[Pair]:
    for row in _table(folder / "esco_occupations_en/altlabel_to_occupation/corpus.tsv"):
        name, _, description = row["text"].partition(". ")
        yield Pair(name, description, name)
        yield from _halves(description, name)


def _isco(folder: Path) -> Iterator[Pair]:
    for row in _table(folder / "esco_occupations_en/isco_groups_en.csv", delimiter=","):
        name = row["preferredLabel"]
        yield Pair(name, row["description"][:600], name)
        for label in (row["altLabels"] or "").splitlines():
            yield Pair(name, label, name)


def _glossary(_folder: Path) -> Iterator[Pair]:
    for _, chinese, english in _names():
        yield from _alike(chinese, english)


def _composed(_folder: Path) -> Iterator[Pair]:
    """Titles put together from the glossary's levels, fields and roles, in both languages."""
    parts: dict[str, list[tuple[list[str], list[str]]]] = {}
    for part, chinese, english in _names():
        parts.setdefault(part, []).append((chinese, english))
    plain = [([""], [""])] * len(parts["level"])
    levels = itertools.cycle([*plain, *parts["level"]])
    for field, role in itertools.product(parts["field"], parts["role"]):
        words = (next(levels), field, role)
        chinese = ["".join(_turn(zh, by) for zh, _ in words) for by in (0, 1)]
        english = [" ".join(_turn(en, by) for _, en in words).strip() for by in (0, 1)]
        yield from _alike(chinese, english)


def _names() -> Iterator[tuple[str, list[str], list[str]]]:
    for row in _table(GLOSSARY):
        yield row["part"], row["zh"].split("、"), row["en"].split("; ")


def _alike(chinese: list[str], english: list[str]) -> Iterator[Pair]:
    """Every two names of one thing, in the two languages or in one."""
    for left, right in itertools.combinations(dict.fromkeys([*chinese, *english]), 2):
        yield Pair(left, right, chinese[0])


def _turn(names: list[str], by: int) -> str:
    return names[by % len(names)]


_READERS: dict[str, Callable[[Path], Iterator[Pair]]] = {
    "postings": _postings,
    "functions": _functions,
    "graduates": _graduates,
    "occupations": _occupations,
    "titles": _titles,
    "related": _related,
    "onet": _onet,
    "esco": _esco,
    "isco": _isco,
    "glossary": _glossary,
    "composed": _composed,
}


def _posting(title: str, description: str, topic: str) -> Iterator[Pair]:
    """A posting as title to opening, title to a later part, and half to half."""
    if len(description) < 20:
        return
    middle = description[len(description) // 3 :]
    yield Pair(title, description[:CROP_CHARACTERS], topic)
    yield Pair(title, middle[:CROP_CHARACTERS], topic)
    yield from _halves(description, topic)


def _halves(text: str, topic: str) -> Iterator[Pair]:
    """Every other sentence of a text to the rest of it."""
    sentences = [part for part in re.split(r"[。；;\n]|\. ", text) if part.strip()]
    if len(sentences) > 1:
        left, right = " ".join(sentences[::2]), " ".join(sentences[1::2])
        yield Pair(left[:CROP_CHARACTERS], right[:CROP_CHARACTERS], topic)


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
