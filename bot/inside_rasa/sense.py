"""The second view of a text: its sentence vector through a small neural network, learned in seconds with numpy.

One hidden layer with dropout, noise on the vectors and softened targets: on messages written independently ten points
better than a linear classifier over the same vectors (docs/decisions/0007).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

HIDDEN = 1024
ROUNDS = 30
BATCH = 256
SCALE = 16.0
"""Vectors of unit length are made this much longer: the first weights and the noise are measured against it."""
DROPPED, DROPPED_BEFORE, NOISE = 0.3, 0.1, 0.1
SOFTENED = 0.1
"""The share of a target that is spread over all intents: the network is then less sure of what it has not seen."""
STEP, DECAY = 3e-3, 1e-4


class Sense:
    """`likely(vectors)` gives a row of probabilities over `intents` for each vector."""

    def __init__(self, intents: Sequence[str], middle: np.ndarray, weights: list[np.ndarray]) -> None:
        self.intents = list(intents)
        self._middle = middle
        self._weights = weights

    def likely(self, vectors: np.ndarray) -> np.ndarray:
        first, first_bias, last, last_bias = self._weights
        hidden = np.maximum(centred(vectors, self._middle) @ first + first_bias, 0)
        return softmax(hidden @ last + last_bias)

    def save(self, path: Path) -> None:
        first, first_bias, last, last_bias = self._weights
        np.savez_compressed(
            path,
            intents=self.intents,
            middle=self._middle,
            first=first.astype(np.float16),
            first_bias=first_bias,
            last=last.astype(np.float16),
            last_bias=last_bias,
        )

    @classmethod
    def load(cls, path: Path) -> Sense:
        with np.load(path, allow_pickle=False) as stored:
            names = ("first", "first_bias", "last", "last_bias")
            weights = [stored[name].astype(np.float32) for name in names]
            return cls(stored["intents"].tolist(), stored["middle"], weights)


def centred(vectors: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """All texts lie close together in this space; what sets them apart is where they lie from the middle of all."""
    away = vectors - middle
    return SCALE * away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6)


def softmax(scores: np.ndarray) -> np.ndarray:
    grown = np.exp(scores - scores.max(axis=1, keepdims=True))
    return grown / grown.sum(axis=1, keepdims=True)


def learn(vectors: np.ndarray, intents: Sequence[str]) -> Sense:
    """The same vectors give the same network. Adam with a step that falls to nothing."""
    names, places = np.unique(np.array(intents), return_inverse=True)
    count, chance = len(names), np.random.default_rng(0)
    middle = vectors.mean(axis=0).astype(np.float32)
    inputs = centred(vectors, middle).astype(np.float32)
    balance = np.sqrt(len(places) / count / np.bincount(places)).astype(np.float32)
    targets = np.full((count, count), SOFTENED / count, np.float32)
    targets[np.diag_indices(count)] += 1 - SOFTENED

    size, batch = inputs.shape[1], min(BATCH, len(inputs))
    weights = [
        (chance.standard_normal((size, HIDDEN)) * 2 * np.sqrt(2 / size) / SCALE).astype(np.float32),
        np.zeros(HIDDEN, np.float32),
        (chance.standard_normal((HIDDEN, count)) * np.sqrt(1 / HIDDEN)).astype(np.float32),
        np.zeros(count, np.float32),
    ]
    mean, spread = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    steps, step = ROUNDS * (len(inputs) // batch), 0
    for _ in range(ROUNDS):
        order = chance.permutation(len(inputs))
        for start in range(0, len(inputs) - batch + 1, batch):
            step += 1
            some = order[start : start + batch]
            slopes = _slopes(weights, inputs[some], targets[places[some]], balance[places[some]], chance)
            pace = STEP * 0.5 * (1 + np.cos(np.pi * step / steps))
            for place, slope in enumerate(slopes):
                _step(weights[place], slope, mean[place], spread[place], step, pace)
    return Sense([str(name) for name in names], middle, weights)


def _step(
    weight: np.ndarray, slope: np.ndarray, mean: np.ndarray, spread: np.ndarray, step: int, pace: float
) -> None:
    """Adam, in place and in the precision of the weights: a third of the time is spent here."""
    mean *= 0.9
    mean += np.float32(0.1) * slope
    spread *= 0.999
    np.square(slope, out=slope)
    slope *= 0.001
    spread += slope
    np.sqrt(spread, out=slope)
    slope *= 1 / math.sqrt(1 - 0.999**step)
    slope += 1e-8
    np.divide(mean, slope, out=slope)
    weight *= 1 - pace * DECAY
    slope *= pace / (1 - 0.9**step)
    weight -= slope


def _slopes(
    weights: list[np.ndarray],
    inputs: np.ndarray,
    targets: np.ndarray,
    balance: np.ndarray,
    chance: np.random.Generator,
) -> list[np.ndarray]:
    """Where each weight should go for these texts, with dropout and noise."""
    first, first_bias, last, last_bias = weights
    inputs = inputs + NOISE * chance.standard_normal(inputs.shape, dtype=np.float32)
    inputs = inputs * (chance.random(inputs.shape, dtype=np.float32) > DROPPED_BEFORE) / (1 - DROPPED_BEFORE)
    sums = inputs @ first + first_bias
    open_ = (sums > 0) * (chance.random(sums.shape, dtype=np.float32) > DROPPED) / np.float32(1 - DROPPED)
    hidden = sums * open_
    wrong = (softmax(hidden @ last + last_bias) - targets) * balance[:, None] / len(inputs)
    back = (wrong @ last.T) * open_
    return [inputs.T @ back, back.sum(axis=0), hidden.T @ wrong, wrong.sum(axis=0)]
