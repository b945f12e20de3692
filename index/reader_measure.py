"""Figures of a model in training: a quick look at JaQuAD dev, gold paragraphs only."""

import numpy as np
import torch
from torch import Tensor

from index.reader_arrays import one_hot, pad
from index.reader_data import Article, Paragraph
from index.reader_decode import auroc, best_span, character_f1, exact
from index.reader_features import ROW
from index.reader_model import ReaderModel


@torch.no_grad()
def scores(model: ReaderModel, table: Tensor, paragraph: Paragraph, others: list[Paragraph]) -> tuple[Tensor, ...]:
    """The model's outputs for a paragraph's questions; their logits on `others[0]` come after."""
    places = [paragraph, *others[:1]]
    p = torch.from_numpy(pad([x.tokens.rows for x in places]))
    q = torch.from_numpy(pad([x.tokens.rows for x in paragraph.questions]))
    sentence = torch.from_numpy(one_hot([x.sentence_of for x in places])).float()
    asked = torch.arange(len(paragraph.questions))
    pair_p = torch.cat([torch.full_like(asked, i) for i in range(len(places))])
    pair_q = asked.repeat(len(places))
    return tuple(model.eval()(p, table[p[..., ROW]], q, table[q[..., ROW]], sentence, pair_p, pair_q))


def measure(model: ReaderModel, table: Tensor, articles: list[Article]) -> dict[str, float]:
    """EM, character F1, right sentence, and answerability AUROC against the article's next paragraph."""
    rows: list[tuple[float, float, float]] = []
    yes: list[float] = []
    no: list[float] = []
    for article in articles:
        asked = [p for p in article.paragraphs if p.questions]
        for i, paragraph in enumerate(asked):
            others = [asked[(i + 1) % len(asked)]] if len(asked) > 1 else []
            start, end, sentence, answer, _ = (o.numpy() for o in scores(model, table, paragraph, others))
            n, tokens = len(paragraph.questions), len(paragraph.tokens.spans)
            yes += list(answer[:n])
            no += list(answer[n:])
            for k, question in enumerate(paragraph.questions):
                first, last, _ = best_span(start[k, :tokens], end[k, :tokens])
                span = paragraph.text[paragraph.tokens.spans[first][0] : paragraph.tokens.spans[last][1]]
                right = float(sentence[k].argmax() == paragraph.sentence_of[question.first])
                rows.append((exact(span, question.answers), character_f1(span, question.answers), right))
    em, f1, right = (float(x) for x in np.mean(rows, axis=0))
    return {"em": em, "f1": f1, "sentence": right, "auroc": auroc(yes, no)}
