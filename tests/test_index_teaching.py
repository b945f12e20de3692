"""The teaching set: form, references, and distance to what is measured."""

import re
from collections import Counter
from pathlib import Path

import pytest

from eval.questions import load_questions
from index.normalise import fold
from index.reader_examples import sentences_of
from index.teaching import JAQUAD, KINDS, MISSING, TeachingError, held_out, load_items, load_passages
from index.tokenise import default_tokeniser
from source.document import Document

ITEMS = load_items()
PASSAGES = load_passages(None)
LEAST = {
    "paraphrase": 1200,
    "english": 900,
    "near-miss": 1000,
    "noisy": 200,
    "follow-up": 400,
    "list": 200,
    "yes-no": 200,
}
# A proper name may be longer; a sentence that was copied is much longer.
COPIED = 30


def grams(text: str, n: int) -> set[str]:
    return {text[i : i + n] for i in range(len(text) - n + 1)}


def test_there_is_enough_of_every_kind() -> None:
    counts = Counter(i.kind for i in ITEMS)
    assert set(counts) == set(KINDS)
    assert {kind: counts[kind] for kind in LEAST if counts[kind] < LEAST[kind]} == {}
    assert len(ITEMS) >= 4000
    assert len(PASSAGES) >= 200


def test_ids_are_unique_and_references_hold() -> None:
    assert len({i.id for i in ITEMS}) == len(ITEMS)
    own = {i.passage for i in ITEMS if not i.passage.startswith(JAQUAD)}
    assert own <= set(PASSAGES)
    assert len({p.text for p in PASSAGES.values()}) == len(PASSAGES)


def test_every_item_is_of_its_kind() -> None:
    for item in ITEMS:
        assert item.question.strip(), item.id
        assert item.language == ("ja" if re.search("[ぁ-んァ-ヶ一-龠ｦ-ﾟ]", item.question) else "en"), item.id
        assert bool(item.answers) != (item.kind == "near-miss") or item.kind == "follow-up", item.id
        assert (item.missing in MISSING) == (item.kind == "near-miss"), item.id
        assert bool(item.history and item.standalone) == (item.kind == "follow-up"), item.id
        assert (item.polarity is None) == (item.kind != "yes-no"), item.id
        assert item.kind != "list" or len(item.answers) > 1, item.id


def test_answers_stand_in_their_passage() -> None:
    for item in ITEMS:
        if item.passage in PASSAGES:
            text = PASSAGES[item.passage].text
            for start, end in item.answers:
                assert 0 <= start < end <= len(text), item.id
                assert text[start:end].strip() == text[start:end], item.id


def test_paraphrases_are_worded_away_from_the_text() -> None:
    tokeniser = default_tokeniser()
    shares = []
    for item in [i for i in ITEMS if i.kind == "paraphrase" and i.passage in PASSAGES][::10]:
        text = PASSAGES[item.passage].text
        start = item.answers[0][0]
        sentence = next(text[s:e] for s, e in sentences_of(text) if s <= start < e)
        asked, held = ({t.term for t in tokeniser.words(x)} for x in (item.question, sentence))
        shares.append(len(asked & held) / max(len(asked), 1))
    assert sum(shares) / len(shares) <= 0.25


def test_a_tenth_is_held_out_by_passage() -> None:
    share = sum(held_out(p) for p in PASSAGES) / len(PASSAGES)
    assert 0.06 < share < 0.14


def test_no_passage_comes_from_the_chapter(chapter: Document) -> None:
    held = grams(fold(chapter.text), COPIED)
    assert [p.id for p in PASSAGES.values() if grams(fold(p.text), COPIED) & held] == []
    assert [p.id for p in PASSAGES.values() if re.search("中央アジア|コーカサス", p.text)] == []


def test_no_question_comes_from_the_question_set(chapter: Document) -> None:
    asked = [grams(re.sub(r"\W", "", fold(i.question)), 5) for i in load_questions(None, [chapter])]
    known = [g for g in asked if len(g) > 6]
    for item in ITEMS:
        own = grams(re.sub(r"\W", "", fold(item.asked)), 5)
        assert len(own) < 7 or all(len(own & g) / len(own | g) < 0.75 for g in known), item.id


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "items.jsonl").write_text('{"id": "a"}\n', encoding="utf-8")
    with pytest.raises(TeachingError, match="line 1"):
        load_items(tmp_path)
    with pytest.raises(TeachingError, match="passages"):
        load_passages(None, tmp_path)
