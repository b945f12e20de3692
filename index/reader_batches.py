"""Examples as arrays: token ids, roles, where a span may stand, which tokens a sentence has."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.contextual import PASSAGE_PREFIX, QUESTION_PREFIX
from index.reader_examples import Example, Window

Ints = NDArray[np.int64]
LONGEST_QUESTION, LONGEST_PASSAGE = 96, 400
LONGEST_SPAN = 40


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token ids of a text and where each stands in it; (-1, -1) for what is not of the text."""

    ids: list[int]
    offsets: list[tuple[int, int]]


def encode_question(tokenizer: Tokenizer, question: str) -> list[int]:
    """A question's token ids, first and last mark included."""
    ids: list[int] = tokenizer.encode(QUESTION_PREFIX + question).ids
    return ids if len(ids) <= LONGEST_QUESTION else [*ids[: LONGEST_QUESTION - 1], ids[-1]]


def encode_window(tokenizer: Tokenizer, window: Window) -> Tokens:
    """A window's token ids after its heading, with offsets in its text."""
    before = PASSAGE_PREFIX + (f"{window.heading}\n" if window.heading else "")
    encoding = tokenizer.encode(before + window.text)
    at = len(before)
    offsets = offsets_from(encoding.offsets, at)
    ids = list(encoding.ids)
    if len(ids) > LONGEST_PASSAGE:
        ids, offsets = [*ids[: LONGEST_PASSAGE - 1], ids[-1]], [*offsets[: LONGEST_PASSAGE - 1], (-1, -1)]
    return Tokens(ids, offsets)


def offsets_from(offsets: Sequence[tuple[int, int]], at: int) -> list[tuple[int, int]]:
    """Offsets in what begins at `at`; (-1, -1) for what stands before it or is empty."""
    return [(s - at, e - at) if s >= at and e > s else (-1, -1) for s, e in offsets]


def sentence_members(window: Window, tokens: Tokens) -> NDArray[np.float32]:
    """Ones where a token starts inside a sentence, shape (sentences, tokens)."""
    starts = np.asarray([s for s, _ in tokens.offsets])
    rows = [(starts >= s) & (starts < e) for s, e in window.sentences]
    return np.asarray(rows, dtype=np.float32)


def covering(tokens: Tokens, start: int, end: int) -> tuple[int, int] | None:
    """The first and last token that `[start, end)` touches, or None where it was cut off."""
    touched = [i for i, (s, e) in enumerate(tokens.offsets) if e > start and s < end and s >= 0]
    return (touched[0], touched[-1]) if touched else None


@dataclass(frozen=True, slots=True)
class Pairs:
    """A batch of pairs, padded. Shapes as `ReaderNetwork.forward` takes them."""

    roles: Ints
    mask: Ints
    heads: Ints
    spans: Ints
    member: NDArray[np.float32]


def pair_up(asked: Sequence[int], passages: Sequence[Tokens], windows: Sequence[Window]) -> Pairs:
    """The arrays of pairs of question lengths and passages, in order."""
    lengths = [q + len(p.ids) for q, p in zip(asked, passages, strict=True)]
    n, t, s = len(lengths), max(lengths), max(len(w.sentences) for w in windows)
    roles, mask, spans = (np.zeros((n, t), dtype=np.int64) for _ in range(3))
    member = np.zeros((n, s, t), dtype=np.float32)
    for i, (q, p, w) in enumerate(zip(asked, passages, windows, strict=True)):
        end = q + len(p.ids)
        roles[i, q:end] = 1
        mask[i, :end] = 1
        spans[i, q:end] = [o[0] >= 0 for o in p.offsets]
        spans[i, q] = 1
        member[i, : len(w.sentences), q:end] = sentence_members(w, p)
    return Pairs(roles, mask, np.asarray(asked, dtype=np.int64), spans, member)


def inputs_of(asked: NDArray[np.float32], states: NDArray[np.float32], tokens: Tokens, window: Window) -> dict[str, NDArray[Any]]:
    """What the network is given of one question and one window, by the names of its inputs; the states are (tokens, width) each."""
    pairs = pair_up([len(asked)], [tokens], [window])
    return {
        "states": np.concatenate([asked, states])[None], "mask": pairs.mask, "roles": pairs.roles, "heads": pairs.heads,
        "spans": pairs.spans, "member": pairs.member,
    }  # fmt: skip


def span_mask(t: int, longest: int) -> NDArray[np.bool_]:
    """Which pairs of first and last of `t` tokens make a span of at most `longest`, (t, t)."""
    reach = np.arange(t)[None, :] - np.arange(t)[:, None]
    return np.asarray((reach >= 0) & (reach < longest), dtype=np.bool_)


def may_stand(pairs: Pairs) -> NDArray[np.bool_]:
    """Where a span may stand, (n, t, t): at most LONGEST_SPAN tokens of the passage, or its first token alone."""
    t = pairs.spans.shape[1]
    inside = (pairs.spans == 1) & (np.arange(t) != pairs.heads[:, None])
    allowed: NDArray[np.bool_] = inside[:, :, None] & inside[:, None, :] & span_mask(t, LONGEST_SPAN)
    rows = np.arange(len(allowed))
    allowed[rows, pairs.heads, pairs.heads] = True
    return allowed


@dataclass(frozen=True, slots=True)
class Targets:
    """What the network should say of pairs.

    `spans` multi-hot (n, t, t), `allowed` (n, t, t) where a span may stand; sentences (n, s) with
    -1 for none there, answers (n,) and polarity (n,) with -1 for not asked.
    """

    spans: NDArray[np.bool_]
    allowed: NDArray[np.bool_]
    sentences: NDArray[np.float32]
    answers: NDArray[np.float32]
    polarity: NDArray[np.float32]


def targets(examples: Sequence[Example], asked: Sequence[int], passages: Sequence[Tokens], pairs: Pairs) -> Targets:
    """The targets of examples in the order of `pairs`."""
    n, t = pairs.mask.shape
    spans = np.zeros((n, t, t), dtype=bool)
    sentences = np.full(pairs.member.shape[:2], -1, dtype=np.float32)
    for i, (example, q, tokens) in enumerate(zip(examples, asked, passages, strict=True)):
        for first, last in filter(None, (covering(tokens, *span) for span in example.spans)):
            spans[i, q + first, q + last] = True
        if not spans[i].any():
            spans[i, q, q] = True
        for j, (s, e) in enumerate(example.window.sentences):
            sentences[i, j] = any(s < b and e > a for a, b in example.spans)
    answers = np.asarray([float(bool(e.spans)) for e in examples], dtype=np.float32)
    polarity = np.asarray([-1 if e.polarity is None else e.polarity for e in examples], dtype=np.float32)
    return Targets(spans, spans | may_stand(pairs), sentences, answers, polarity)
