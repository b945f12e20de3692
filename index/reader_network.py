"""The reader's network above the lower half: question and passage read together, four verdicts.

Which span answers (or that none does: the passage's first token, as in SQuAD 2.0), which sentences
answer, whether the passage answers at all, and yes or no. A span's score is that of its ends and of
how they go together, so that a span does not run from one answer's start to another's end.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from index.transformer import LAYERS, SPLIT, WIDTH, Half

QUESTION, PASSAGE = 0, 1
FAR = -1e4
LINK = 64  # width in which the ends of a span are compared


class Verdict(NamedTuple):
    """Logits.

    `spans` (n, t, t): of the span from one token of the pair to another, FAR or below where none may
    start or end; `sentences` (n, s); `answers` and `polarity` (n,).
    """

    spans: Tensor
    sentences: Tensor
    answers: Tensor
    polarity: Tensor


class ReaderNetwork(nn.Module):
    """Reads pairs of states of the lower half, question first."""

    def __init__(self) -> None:
        super().__init__()
        self.roles = nn.Embedding(2, WIDTH)
        nn.init.zeros_(self.roles.weight)
        self.upper = Half(LAYERS - SPLIT)
        self.span = nn.Linear(WIDTH, 2)
        self.starts, self.ends = nn.Linear(WIDTH, LINK), nn.Linear(WIDTH, LINK)
        # The ends alone decide at first.
        nn.init.zeros_(self.ends.weight)
        nn.init.zeros_(self.ends.bias)
        self.sentence = nn.Sequential(nn.Linear(2 * WIDTH, WIDTH), nn.Tanh(), nn.Dropout(0.1), nn.Linear(WIDTH, 1))
        self.whole = nn.Sequential(nn.Linear(2 * WIDTH, WIDTH), nn.Tanh(), nn.Dropout(0.1), nn.Linear(WIDTH, 2))

    def forward(self, states: Tensor, mask: Tensor, roles: Tensor, heads: Tensor, spans: Tensor, member: Tensor) -> Verdict:
        """Judges pairs.

        Args:
            states: lower states of question and passage, one after the other, (n, t, WIDTH).
            mask: ones for tokens, (n, t).
            roles: QUESTION or PASSAGE for each token, (n, t).
            heads: the place of the passage's first token, (n,).
            spans: ones where an answer may start or end, the passage's first token for none, (n, t).
            member: ones where a token belongs to a sentence, (n, s, t).
        """
        read, whole = self.whole_of(states, mask, roles, heads)
        logits = self.span(read).float().masked_fill(spans[..., None] == 0, FAR)
        link = torch.bmm(self.starts(read), self.ends(read).transpose(1, 2)).float() / LINK**0.5
        share = member / member.sum(2, keepdim=True).clamp(min=1)
        mean = torch.bmm(share.to(read.dtype), read)
        asked = read[:, :1].expand(-1, mean.shape[1], -1)
        sentences = self.sentence(torch.cat([mean, asked], dim=2)).float().squeeze(2)
        return Verdict(logits[..., :1] + logits[..., 1:].transpose(1, 2) + link, sentences, whole[:, 0], whole[:, 1])

    def whole_of(self, states: Tensor, mask: Tensor, roles: Tensor, heads: Tensor) -> tuple[Tensor, Tensor]:
        """The states read together, (n, t, WIDTH), and the two logits of the pair as a whole, (n, 2): answers, and yes."""
        read = self.upper(states + self.roles(roles), mask)
        first = read.gather(1, heads[:, None, None].expand(-1, 1, WIDTH))[:, 0]
        return read, self.whole(torch.cat([read[:, 0], first], dim=1)).float()
