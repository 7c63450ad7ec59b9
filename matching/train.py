"""Trains the bundled encoder: `python -m matching.train --data FOLDER --out FOLDER --seed N`.

Owns the vocabulary, the loss and the schedule. Knows no records and is never imported by the
matching process. Every row starts as a random direction whose length is the gram's rarity, so
that an untrained model is a random projection of weighted n-gram overlap and rare trades keep
their lexical likeness; the contrastive loss then turns the rows that training sees.
"""

import argparse
import math
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from torch.nn import functional

from matching.corpora import OWN, Pair, sources
from matching.embedding import GramEmbedding, flatten, pooled
from matching.tokens import GramTokenizer, Tokens, grams

SHARES = {
    "postings": 5.0,
    "functions": 1.0,
    "graduates": 0.3,
    "occupations": 2.0,
    "titles": 1.0,
    "related": 0.1,
    "onet": 1.0,
    "esco": 0.7,
    "isco": 0.3,
    "glossary": 1.0,
    "composed": 1.0,
}


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the weights beside the texts and the seed."""

    rows: int = 56_000
    buckets: int = 12_000
    dimension: int = 256
    steps: int = 2500
    batch_pairs: int = 384
    temperature: float = 0.05
    learning_rate: float = 0.02
    dropout: float = 0.3


@dataclass(frozen=True)
class Source:
    """The pairs of one source, read into rows."""

    left: list[Tokens]
    right: list[Tokens]
    topics: NDArray[np.int64]


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the sources, train, write the model folder; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m matching.train")
    parser.add_argument("--data", type=Path, required=True, help="folder of sources")
    parser.add_argument("--out", type=Path, required=True, help="model folder to write")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=Recipe.steps)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)

    texts = sources(options.data)
    if set(texts) <= OWN:
        print(f"no source found in {options.data}", file=sys.stderr)
        return 2
    for name, pairs in texts.items():
        print(f"{name}: {len(pairs)} pairs")
    model = train(texts, Recipe(steps=options.steps), seed=options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    SentenceTransformer(modules=[model], device="cpu").save(str(options.out), create_model_card=False)
    return 0


def train(texts: dict[str, list[Pair]], recipe: Recipe, *, seed: int) -> GramEmbedding:
    """A trained module; the same texts, recipe and seed give the same weights."""
    random = np.random.default_rng(seed)
    # Composed titles are not language as it is spoken: they must not make a word common.
    spoken = [pair for name, pairs in texts.items() if name != "composed" for pair in pairs]
    rarity = _rarity(text for pair in spoken for text in (pair.left, pair.right))
    vocabulary = sorted(rarity, key=lambda gram: (rarity[gram], gram))[: recipe.rows]
    tokenizer = GramTokenizer(vocabulary, buckets=recipe.buckets)
    table = torch.from_numpy(_first_table(tokenizer, rarity, recipe, random))
    read = {name: _read(pairs, tokenizer) for name, pairs in texts.items() if pairs}
    print(f"{tokenizer.size} rows; pairs read")
    _descend(table, _batches(read, recipe, random), recipe, random)
    return GramEmbedding.from_table(tokenizer, table.numpy())


def _rarity(texts: Iterable[str]) -> dict[str, float]:
    """Inverse document frequency of every gram that stands in two texts or more."""
    distinct = set(texts)
    counts: Counter[str] = Counter()
    for text in sorted(distinct):
        counts.update(set(grams(text)))
    return {
        gram: math.log(len(distinct) / count)
        for gram, count in counts.items()
        if count >= (2 if len(gram) < 3 or gram.startswith("<") else 5)
    }


def _first_table(
    tokenizer: GramTokenizer, rarity: dict[str, float], recipe: Recipe, random: np.random.Generator
) -> NDArray[np.float32]:
    """Random directions; a row's length is its gram's rarity, a bucket's that of the rarest."""
    shape = (tokenizer.size, recipe.dimension)
    table = random.standard_normal(shape, dtype=np.float32) / np.float32(recipe.dimension**0.5)
    lengths = np.full(tokenizer.size, max(rarity.values()), dtype=np.float32)
    lengths[: len(tokenizer.vocabulary)] = [rarity[gram] for gram in tokenizer.vocabulary]
    return np.asarray(table * lengths[:, None], dtype=np.float32)


def _read(pairs: list[Pair], tokenizer: GramTokenizer) -> Source:
    topics: dict[str, int] = {}
    kept = [
        (left, right, topics.setdefault(pair.topic.lower(), len(topics)))
        for pair in pairs
        if (left := tokenizer.tokens(pair.left)).rows and (right := tokenizer.tokens(pair.right)).rows
    ]
    return Source(
        left=[row[0] for row in kept],
        right=[row[1] for row in kept],
        topics=np.array([row[2] for row in kept]),
    )


def _batches(
    read: dict[str, Source], recipe: Recipe, random: np.random.Generator
) -> Iterator[tuple[list[Tokens], list[Tokens], NDArray[np.int64]]]:
    """Batches of one source each, so that the pairs beside a pair are of its own kind."""
    names = sorted(read)
    shares = np.array([SHARES[name] for name in names])
    for _ in range(recipe.steps):
        source = read[names[random.choice(len(names), p=shares / shares.sum())]]
        size = min(recipe.batch_pairs, len(source.left))
        chosen = random.choice(len(source.left), size=size, replace=False)
        left = [source.left[index] for index in chosen]
        right = [source.right[index] for index in chosen]
        yield left, right, source.topics[chosen]


def _descend(
    table: torch.Tensor,
    batches: Iterator[tuple[list[Tokens], list[Tokens], NDArray[np.int64]]],
    recipe: Recipe,
    random: np.random.Generator,
) -> None:
    """Adam on the rows that a batch touches; changes the table in place."""
    first, second = torch.zeros_like(table), torch.zeros_like(table)
    touched = torch.zeros(len(table), 1)
    started, losses = time.monotonic(), []
    for step, (left, right, topics) in enumerate(batches):
        features = flatten([*left, *right])
        rows, places = torch.unique(features["input_ids"], return_inverse=True)
        part = table[rows].requires_grad_()
        kept = random.random(len(places), dtype=np.float32) >= recipe.dropout
        weights = features["gram_weights"] * torch.from_numpy(kept)
        vectors = pooled(part, places=places, weights=weights, starts=features["starts"])
        loss = _contrast(vectors[: len(left)], vectors[len(left) :], topics, recipe.temperature)
        loss.backward()  # type: ignore[no-untyped-call]
        slope = part.grad
        assert slope is not None
        touched[rows] += 1
        first[rows] = 0.9 * first[rows] + 0.1 * slope
        second[rows] = 0.99 * second[rows] + 0.01 * slope**2
        mean = first[rows] / (1 - 0.9 ** touched[rows])
        spread = (second[rows] / (1 - 0.99 ** touched[rows])).sqrt()
        rate = recipe.learning_rate * (1 - step / recipe.steps)
        table[rows] -= rate * mean / (spread + 1e-8)
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


if __name__ == "__main__":
    raise SystemExit(main())
