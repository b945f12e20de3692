"""The pointer's network, for training: which words of a passage answer a question. Run time uses its ONNX export.

A DrQA-like network (Chen et al. 2017) whose word vectors are the frozen lower states of the
contextual model. Words of the passage are compared with the question's by spelling, synonym group
and meaning; the question is aligned to each word; simple recurrent units (Lei et al. 2018) read the result, and a span is scored by its ends and by how they go together. The sentence and
the passage as a whole are judged in training only: the reader's own verdicts are better.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from index.reader_words import CONTENT, GROUP, GROUP2, PART, PARTS, SURFACE, WORD
from index.recurrence import Stack, locked_dropout
from index.transformer import WIDTH

NEVER = -1e4
LINK, NEAR, STATIC, MATCHES = 64, 64, 96, 7
Encoded = tuple[Tensor, ...]


class PointerNetwork(nn.Module):
    """See the module's docstring. Rows of zeros are padding."""

    def __init__(self, hidden: int = 128, layers: int = 3, dropout: float = 0.25) -> None:
        super().__init__()
        self.dropout = dropout
        given, width = WIDTH + 24, 2 * hidden
        self.norm = nn.LayerNorm(WIDTH)
        self.part = nn.Embedding(PARTS, 24)
        self.passage, self.question = Stack(given, hidden, 1, dropout), Stack(given, hidden, 1, dropout)
        self.static = nn.Linear(given, STATIC)
        self.near = nn.Linear(WIDTH, NEAR, bias=False)
        self.importance = nn.Linear(given, 1)
        self.meet = nn.Linear(width, width)
        self.fuse = nn.Linear(3 * width + STATIC + MATCHES, width)
        self.reason = Stack(width, hidden, layers, dropout)
        self.attend = nn.Linear(width, 4)
        self.point = nn.ModuleList(nn.Linear(width, width) for _ in range(3))
        self.starts, self.ends = nn.Linear(width, LINK), nn.Linear(width, LINK)
        self.judge = nn.Sequential(nn.Linear(2 * width + 5, 64), nn.ReLU(), nn.Linear(64, 1))

    def _encode(self, rows: Tensor, states: Tensor, stack: Stack) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """For alignment, from the recurrence, for likeness, and how much each word counts."""
        normed = self.norm(states)
        x = locked_dropout(torch.cat([normed, self.part(rows[..., PART])], -1), self.dropout * 0.6, self.training, 1)
        read = stack(x, (rows[..., WORD] > 0).float())
        return F.relu(self.static(x)), read, F.normalize(self.near(normed), dim=-1), self.importance(x)[..., 0]

    def told(self, rows: Tensor, states: Tensor) -> Encoded:
        """Passages: rows (n, t, COLUMNS) and states (n, t, WIDTH)."""
        static, read, near, _ = self._encode(rows, states, self.passage)
        return rows, static, read, near

    def asked(self, rows: Tensor, states: Tensor) -> Encoded:
        """Questions, with the weight of each word and four summaries."""
        static, read, near, importance = self._encode(rows, states, self.question)
        kept = (rows[..., WORD] > 0).float()
        looks = torch.softmax(self.attend(read) + (kept[..., None] - 1) * -NEVER, 1)
        weight = torch.softmax(importance + (kept * (rows[..., CONTENT] > 0) - 1) * -NEVER, -1)
        return rows, static, read, near, weight, torch.matmul(looks.transpose(1, 2), read)

    def compare(self, told: Encoded, asked: Encoded, sentence: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Pairs of passages and questions, row by row: scores of spans (n, t, t), of sentences (n, s), of the passage (n,).

        `sentence` is one where a word belongs to a sentence, (n, s, t).
        """
        p, static, read, near = told
        q, asked_static, asked_read, asked_near, weight, summary = asked
        features, coverage = _matches(p, near, q, asked_near, weight, sentence)
        features = F.dropout(features, 0.1, self.training)
        hidden = ((q[..., WORD] > 0).float()[:, None] - 1) * -NEVER
        by_static = _aligned(static, asked_static, asked_static, hidden)
        by_state = _aligned(self.meet(read), asked_read, asked_read, hidden)
        joined = torch.cat([read, by_state, read * by_state, by_static, features], -1)
        mask = (p[..., WORD] > 0).float()
        m = self.reason(F.relu(self.fuse(locked_dropout(joined, self.dropout, self.training, 1))), mask)
        m = locked_dropout(m, self.dropout * 0.6, self.training, 1)
        points = [pointer(summary[:, i]) for i, pointer in enumerate(self.point)]
        start, end, inside = (torch.matmul(m, x[:, :, None])[..., 0] * 0.3 + (mask - 1) * -NEVER for x in points)
        link = torch.matmul(self.starts(m), self.ends(m).transpose(1, 2)) / LINK**0.5
        sentences = torch.logsumexp(inside[:, None] + (sentence - 1) * -NEVER, -1)
        at = torch.matmul(torch.softmax(start + end, -1)[:, None], m)[:, 0]
        sure = torch.stack([start.amax(-1), end.amax(-1), sentences.amax(-1)], -1) * 0.2
        judged = F.dropout(torch.cat([at, at * summary[:, 3], sure, coverage], -1), 0.1, self.training)
        return start[:, :, None] + end[:, None, :] + link, sentences, self.judge(judged)[:, 0]


def _aligned(of: Tensor, keys: Tensor, values: Tensor, hidden: Tensor) -> Tensor:
    """For each word of the passage the question's states, weighted by likeness."""
    return torch.matmul(torch.softmax(torch.matmul(of, keys.transpose(1, 2)) * 0.1 + hidden, -1), values)


def _matches(p: Tensor, near: Tensor, q: Tensor, asked: Tensor, weight: Tensor, sentence: Tensor) -> tuple[Tensor, Tensor]:
    """What words and their sentences share with the question, (n, t, MATCHES), and how far it is covered, (n, 2)."""
    both = (q[:, None, :, CONTENT] > 0) & (p[:, :, None, CONTENT] > 0)
    same = ((p[:, :, None, SURFACE] == q[:, None, :, SURFACE]) & both).float()
    word = ((p[:, :, None, WORD] == q[:, None, :, WORD]) & both).float()
    group = (_shared_group(p, q) & both).float()
    like = torch.matmul(near, asked.transpose(1, 2)) * both.float()
    soft = torch.maximum(torch.maximum(word, 0.9 * group), like.clamp(min=0) ** 2)
    by_sentence = (soft[:, None] * sentence[..., None]).amax(2)
    covered = (by_sentence * weight[:, None]).sum(-1)
    lead = covered / covered.amax(1, keepdim=True).clamp(min=1e-3)
    of_word = torch.matmul(torch.stack([covered, lead], 1), sentence).transpose(1, 2)
    best = [m.amax(-1) for m in (same, word, group, like, word * weight[:, None] * 4)]
    whole = (by_sentence.amax(1) * weight).sum(1)
    return torch.cat([torch.stack(best, -1), of_word], -1), torch.stack([covered.amax(1), whole], 1)


def _shared_group(p: Tensor, q: Tensor) -> Tensor:
    """Whether two words share one of their (up to two) synonym groups."""
    pairs = [(p[:, :, None, a], q[:, None, :, b]) for a in (GROUP, GROUP2) for b in (GROUP, GROUP2)]
    found = [(mine == theirs) & (mine > 0) for mine, theirs in pairs]
    return (found[0] | found[1]) | (found[2] | found[3])
