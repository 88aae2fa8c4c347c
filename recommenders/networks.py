"""Small networks that put candidates in order, and what they say together.

Each learns to put what was hidden before everything else on a user's list, all candidates of the list at once. Where
trees cut features into steps, networks bend them smoothly; they err elsewhere.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommenders.candidatelists import CandidateLists, standardised
from recommenders.contributions import Floats
from recommenders.encoding import Encoding
from recommenders.prefixes import prefixed, under
from recommenders.threads import in_threads

LAYERS, ENCODING = "layers__", "encoding__"
WARM_UP = 0.1
"""Share of the steps in which the learning rate rises; afterwards it falls as a cosine does."""
MOMENTUM, SCALE, TINY = 0.9, 0.999, 1e-8
"""Of Adam: how slowly the mean of gradients and that of their squares forget, and what keeps it from dividing by 0."""

#: Weights float32 (inputs, outputs) and biases float32 (outputs,), alternating, layer by layer.
Layers = list[Floats]


@dataclass(frozen=True)
class NetworkShape:
    """How networks are made and taught."""

    networks: int
    """So many are taught, each from other random numbers."""
    width: int
    """Numbers in each of the two layers between features and answer."""
    passes: int
    """Over all lists."""
    learning_rate: float
    """Of Adam, at its highest."""
    lists_at_once: int = 16
    decay: float = 1e-4
    """Share of the weights that a step at a learning rate of 1 would take away."""


class Networks:
    """Networks of two hidden layers of rectified units.

    Source:
        Cao, Qin, Liu, Tsai, Li, "Learning to rank: from pairwise approach to listwise approach", ICML 2007 (one
        softmax over a list); Kingma, Ba, "Adam", ICLR 2015; Loshchilov, Hutter, "Decoupled weight decay
        regularization", ICLR 2019; Qin et al., "Are neural rankers still outperformed by gradient boosted decision
        trees?", ICLR 2021 (what features have to be brought to first).
    """

    def __init__(self, encoding: Encoding, layers: Sequence[Layers]) -> None:
        self._encoding, self._layers = encoding, layers

    @classmethod
    def learn(cls, lists: Sequence[CandidateLists], shape: NetworkShape, seed: int) -> Self:
        """Networks that put what was hidden first.

        Args:
            lists: what to learn from, all with the same features; something was hidden of one at least.
            shape: of the networks, and how they are taught.
            seed: of the first weights, of the order of the lists, and of which rows the encoding is learned from.
        """
        encoding = Encoding.learn([part.table for part in lists], np.random.default_rng(seed))
        lesson = _Lesson.of(lists, encoding)

        def taught(number: int) -> Layers:
            return _taught(lesson, shape, np.random.default_rng([seed, number]))

        return cls(encoding, list(in_threads(taught, range(shape.networks))))

    def answers(self, table: Floats, lengths: NDArray[np.int64]) -> NDArray[np.float64]:
        """What stands higher comes first: float64 (candidates,), the mean of what all say in units of its spread.

        Args:
            table: float32 (candidates, features), list after list.
            lengths: int64 (users,), candidates of each user, at least 1.
        """
        encoded = self._encoding.of(table)
        # each list by itself: how many rows a product has can decide the last bits of each of them
        each = np.split(encoded, np.cumsum(lengths)[:-1])

        def said(layers: Layers) -> NDArray[np.float64]:
            answers = np.concatenate([_forward(layers, rows)[-1][:, 0] for rows in each])
            return standardised(answers.astype(np.float64), lengths)

        return np.asarray(np.mean([said(layers) for layers in self._layers], axis=0))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The encoding, and of all networks together each layer's weights and biases, by name, for storing."""
        layers = {str(place): np.stack(values) for place, values in enumerate(zip(*self._layers, strict=True))}
        return prefixed(LAYERS, layers) | prefixed(ENCODING, self._encoding.arrays())

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The networks that `arrays` gave."""
        layers = under(LAYERS, arrays)
        each = zip(*(layers[str(place)] for place in range(len(layers))), strict=True)
        return cls(Encoding.from_arrays(under(ENCODING, arrays)), [list(network) for network in each])


@dataclass(frozen=True)
class _Lesson:
    """Lists to learn from.

    Attributes:
        rows: float16 (candidates, inputs): to be learned from, half the precision is enough.
        wanted: float32 (candidates,), 1 = was hidden.
        begins: int64 (lists,), of the lists of which something was hidden. So is `lengths`.
    """

    rows: NDArray[np.float16]
    wanted: Floats
    begins: NDArray[np.int64]
    lengths: NDArray[np.int64]

    @classmethod
    def of(cls, lists: Sequence[CandidateLists], encoding: Encoding) -> Self:
        """The lists in the networks' terms."""
        rows = np.concatenate(list(in_threads(lambda part: encoding.of(part.table).astype(np.float16), lists)))
        wanted = np.concatenate([part.wanted for part in lists]).astype(np.float32)
        lengths = np.concatenate([part.lengths for part in lists])
        begins = np.cumsum(lengths) - lengths
        some = np.add.reduceat(wanted, begins) > 0
        return cls(rows, wanted, begins[some], lengths[some])

    def batches(self, size: int, rng: np.random.Generator) -> Iterator[tuple[Floats, Floats, NDArray[np.int64]]]:
        """Every list once in a random order, so many at a time: their rows, what is wanted, and their lengths."""
        order = rng.permutation(len(self.lengths))
        for start in range(0, len(order), size):
            some = order[start : start + size]
            lengths = self.lengths[some]
            within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
            at = np.repeat(self.begins[some], lengths) + within
            yield self.rows[at].astype(np.float32), self.wanted[at], lengths


def _taught(lesson: _Lesson, shape: NetworkShape, rng: np.random.Generator) -> Layers:
    """The layers of one network."""
    layers = _new_layers((lesson.rows.shape[1], shape.width, shape.width, 1), rng)
    means, squares = [np.zeros_like(values) for values in layers], [np.zeros_like(values) for values in layers]
    steps = shape.passes * -(-len(lesson.lengths) // shape.lists_at_once)
    step = 0
    for _ in range(shape.passes):
        for rows, wanted, lengths in lesson.batches(shape.lists_at_once, rng):
            step += 1
            rate = np.float32(shape.learning_rate * _share_of_rate(step / steps))
            for values, gradient, mean, square in zip(
                layers, _gradients(layers, rows, wanted, lengths), means, squares, strict=True
            ):
                mean += (1 - MOMENTUM) * (gradient - mean)
                square += (1 - SCALE) * (gradient**2 - square)
                size = np.sqrt(square / (1 - SCALE**step)) + TINY
                if values.ndim > 1:
                    values *= 1 - rate * shape.decay
                values -= rate * (mean / (1 - MOMENTUM**step)) / size
    return layers


def _new_layers(sizes: Sequence[int], rng: np.random.Generator) -> Layers:
    """Random weights that keep the spread of what goes through them, the last ones small, and biases of 0.

    Source:
        He, Zhang, Ren, Sun, "Delving deep into rectifiers", ICCV 2015.
    """
    layers: Layers = []
    for inputs, outputs in itertools.pairwise(sizes):
        spread = np.sqrt(2 / max(inputs, 1)) * (0.1 if outputs == 1 else 1)
        layers.append((rng.standard_normal((inputs, outputs)) * spread).astype(np.float32))
        layers.append(np.zeros(outputs, dtype=np.float32))
    return layers


def _forward(layers: Layers, rows: Floats) -> list[Floats]:
    """What goes into each layer, and what comes out of the last: each float32 (rows, numbers of the layer)."""
    outputs = [rows]
    for weights, biases in zip(layers[::2], layers[1::2], strict=True):
        out = outputs[-1] @ weights
        out += biases
        outputs.append(out)
        if len(outputs) <= len(layers) // 2:
            np.maximum(out, 0, out=out)
    return outputs


def _gradients(layers: Layers, rows: Floats, wanted: Floats, lengths: NDArray[np.int64]) -> Layers:
    """Of the loss by each weight and bias, in the order of the layers.

    The loss of a list is the mean cross entropy of a softmax over it, times the root of what is wanted of it.
    """
    outputs = _forward(layers, rows)
    begins = np.cumsum(lengths) - lengths
    answers = outputs[-1][:, 0]
    powers = np.exp(answers - np.repeat(np.maximum.reduceat(answers, begins), lengths))
    shares = powers / np.repeat(np.add.reduceat(powers, begins), lengths)
    count = np.add.reduceat(wanted, begins)
    weight = np.repeat(1 / np.sqrt(count), lengths) / len(lengths)
    slope = ((shares * np.repeat(count, lengths) - wanted) * weight).astype(rows.dtype)[:, None]
    found: Layers = []
    for place in range(len(layers) - 2, -1, -2):
        into = outputs[place // 2]
        found += [slope.sum(axis=0), into.T @ slope]
        if place:
            slope = slope @ layers[place].T
            slope *= into > 0
    return found[::-1]


def _share_of_rate(done: float) -> float:
    """How much of the highest learning rate is used after so much of the steps, in (0, 1]."""
    if done < WARM_UP:
        return done / WARM_UP
    return 0.5 * (1 + float(np.cos(np.pi * (done - WARM_UP) / (1 - WARM_UP))))
