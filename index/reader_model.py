"""The reader's network, for training. Run time uses its ONNX export and never imports this.

A passage is encoded once, whatever is asked of it; then, per question: match features, two
question alignments (Chen et al. 2017, DrQA; Seo et al. 2017, BiDAF), simple recurrent units
(Lei et al. 2018) and pointers to the start, the end, the sentence and "no answer".
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from index.reader_features import CONTENT, FIRST, GROUP, GROUP2, IDF, LAST, POS, SHAPE, SHAPES, SURFACE, TUNED, WORD
from index.reader_sru import Stack, locked_dropout

MATCHES = 8
NEVER = -1e4


@dataclass(frozen=True)
class Sizes:
    """Table sizes and widths."""

    vector: int
    tuned: int
    parts: int
    characters: int
    hidden: int = 96
    layers: int = 3
    answer_types: int = 16


class TokenInput(nn.Module):
    """Frozen word vector, trained row of a frequent word, part of speech, characters, writing."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.tuned = nn.Embedding(sizes.tuned, 48, padding_idx=0)
        self.part = nn.Embedding(sizes.parts, 16)
        self.character = nn.Embedding(sizes.characters, 24)
        self.shape = nn.Embedding(len(SHAPES) + 2, 6)
        self.width = sizes.vector + 48 + 16 + 2 * 24 + 6

    def forward(self, rows: Tensor, vectors: Tensor) -> Tensor:
        """Shape (batch, tokens, width)."""
        first, last = self.character(rows[..., FIRST]), self.character(rows[..., LAST])
        small = [
            self.tuned(rows[..., TUNED]),
            self.part(rows[..., POS]),
            self.shape(rows[..., SHAPE]),
        ]
        return torch.cat([vectors, first, last, *small], dim=-1)


def match_features(p: Tensor, pv: Tensor, q: Tensor, qv: Tensor, sentence: Tensor) -> tuple[Tensor, Tensor]:
    """What passage tokens (`p`, vectors `pv`) and their sentences share with the question.

    Returns features, shape (batch, tokens, MATCHES), and coverage of the question by the best
    sentence and by the passage, shape (batch, 2). `sentence` is one-hot, (batch, sentences, tokens).
    """
    asked = (q[:, None, :, CONTENT] > 0) & (p[:, :, None, CONTENT] > 0)
    same = ((p[:, :, None, SURFACE] == q[:, None, :, SURFACE]) & asked).float()
    word = ((p[:, :, None, WORD] == q[:, None, :, WORD]) & asked).float()
    group = (_shared_group(p, q) & asked).float()
    near = torch.matmul(F.normalize(pv, dim=-1), F.normalize(qv, dim=-1).transpose(1, 2)) * asked.float()
    weight = q[:, :, IDF].float() / 1000 * q[:, :, CONTENT].float()
    soft = torch.maximum(torch.maximum(word, 0.9 * group), near.clamp(min=0) ** 2)
    by_sentence = (soft[:, None] * sentence[..., None]).amax(dim=2)
    total = weight.sum(1).clamp(min=1e-3)
    covered = (by_sentence * weight[:, None]).sum(-1) / total[:, None]
    lead = covered / covered.amax(1, keepdim=True).clamp(min=1e-3)
    of_token = torch.matmul(torch.stack([covered, lead], 1), sentence).transpose(1, 2)
    best = [m.amax(-1) for m in (same, word, group, near, soft, word * weight[:, None])]
    whole = (by_sentence.amax(1) * weight).sum(1) / total
    coverage = torch.stack([covered.amax(1), whole], dim=1)
    return torch.cat([torch.stack(best, dim=-1), of_token], dim=-1), coverage


def _shared_group(p: Tensor, q: Tensor) -> Tensor:
    """Whether two tokens share one of their (up to two) synonym groups."""
    found = torch.zeros_like(p[:, :, None, GROUP] == q[:, None, :, GROUP])
    for a in (GROUP, GROUP2):
        for b in (GROUP, GROUP2):
            found = found | ((p[:, :, None, a] == q[:, None, :, b]) & (p[:, :, None, a] > 0))
    return found


def _aligned(of: Tensor, keys: Tensor, values: Tensor, hidden: Tensor) -> Tensor:
    """For each passage token the question's states, weighted by likeness."""
    return torch.matmul(torch.softmax(torch.matmul(of, keys.transpose(1, 2)) * 0.1 + hidden, -1), values)


class ReaderModel(nn.Module):
    """See the module's docstring."""

    def __init__(self, sizes: Sizes, dropout: float = 0.25) -> None:
        super().__init__()
        self.sizes, self.dropout = sizes, dropout
        width = 2 * sizes.hidden
        self.inputs = TokenInput(sizes)
        self.passage = Stack(self.inputs.width, sizes.hidden, 2, dropout)
        self.question = Stack(self.inputs.width, sizes.hidden, 2, dropout)
        self.static = nn.Linear(self.inputs.width, 96)
        self.meet = nn.Linear(width, width)
        self.fuse = nn.Linear(3 * width + 96 + MATCHES, width)
        self.reason = Stack(width, sizes.hidden, sizes.layers, dropout)
        self.attend = nn.Linear(width, 4)
        self.pointers = nn.ModuleList(nn.Linear(width, width) for _ in range(3))
        self.judge = nn.Sequential(nn.Linear(2 * width + 7, 64), nn.ReLU(), nn.Linear(64, 1))
        self.answer_type = nn.Linear(width, sizes.answer_types)

    def encode(self, rows: Tensor, vectors: Tensor, stack: Stack) -> tuple[Tensor, Tensor]:
        """Static features for alignment and states; rows of zeros are padding."""
        x = locked_dropout(self.inputs(rows, vectors), self.dropout, self.training, 1)
        mask = (rows[..., WORD] > 0).float()
        return F.relu(self.static(x)), stack(x, mask)

    def forward(
        self,
        p: Tensor,
        pv: Tensor,
        q: Tensor,
        qv: Tensor,
        sentence: Tensor,
        pair_p: Tensor,
        pair_q: Tensor,
    ) -> tuple[Tensor, ...]:
        """Start, end (pairs, tokens), sentence (pairs, sentences), answer logits, answer types.

        `p`, `q` are token rows of passages and questions, `pv`, `qv` their vectors; pair i asks
        question `pair_q[i]` of passage `pair_p[i]`; `sentence` is as in `match_features`.
        """
        passage = (p, pv, *self.encode(p, pv, self.passage), sentence)
        asked = self.encode_question(q, qv)
        outputs = self.compare(tuple(x[pair_p] for x in passage), tuple(x[pair_q] for x in asked))
        return *outputs, self.answer_type(asked[4][:, 3])

    def encode_question(self, q: Tensor, qv: Tensor) -> tuple[Tensor, ...]:
        """Rows, vectors, static features, states and four summaries of questions."""
        qs, qh = self.encode(q, qv, self.question)
        kept = (q[..., WORD, None] > 0).float()
        looks = torch.softmax(self.attend(qh) + (kept - 1) * -NEVER, dim=1)
        return q, qv, qs, qh, torch.matmul(looks.transpose(1, 2), qh)

    def compare(self, passage: tuple[Tensor, ...], asked: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """The pointers and the answer logit of pairs: encoded passages and, row by row, their questions."""
        p, pv, ps, ph, sentence = passage
        q, qv, qs, qh, summary = asked
        features, coverage = match_features(p, pv, q, qv, sentence)
        features = F.dropout(features, 0.1, self.training)
        hidden = ((q[..., WORD] > 0).float()[:, None] - 1) * -NEVER
        by_static = _aligned(ps, qs, qs, hidden)
        by_state = _aligned(self.meet(ph), qh, qh, hidden)
        joined = torch.cat([ph, by_state, ph * by_state, by_static, features], dim=-1)
        mask = (p[..., WORD] > 0).float()
        m = self.reason(F.relu(self.fuse(locked_dropout(joined, self.dropout, self.training, 1))), mask)
        start, end, inside = self._point(m, summary, mask)
        by_sentence = torch.logsumexp(inside[:, None] + (sentence - 1) * -NEVER, dim=-1)
        return start, end, by_sentence, self._judge(m, summary, (start, end, by_sentence), coverage)

    def _point(self, m: Tensor, summary: Tensor, mask: Tensor) -> list[Tensor]:
        m = locked_dropout(m, self.dropout, self.training, 1)
        asked = [pointer(summary[:, i]) for i, pointer in enumerate(self.pointers)]
        return [torch.matmul(m, a[:, :, None])[..., 0] * 0.3 + (mask - 1) * -NEVER for a in asked]

    def _judge(self, m: Tensor, summary: Tensor, scores: tuple[Tensor, Tensor, Tensor], coverage: Tensor) -> Tensor:
        """The logit of "this passage answers": from the pointers' certainty and what they point at."""
        start, end, by_sentence = scores
        at = torch.matmul(torch.softmax(start + end, dim=-1)[:, None], m)[:, 0]
        numbers = [
            start.amax(-1),
            end.amax(-1),
            torch.logsumexp(start, -1),
            torch.logsumexp(end, -1),
            by_sentence.amax(-1),
        ]
        x = torch.cat([at, at * summary[:, 3], torch.stack(numbers, dim=-1) * 0.2, coverage], dim=-1)
        return torch.as_tensor(self.judge(F.dropout(x, 0.1, self.training))[:, 0])
