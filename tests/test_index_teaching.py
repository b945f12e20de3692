"""The teaching set: form, references, and distance to what is measured."""

import re
from collections import Counter
from pathlib import Path

import pytest
from leakage import ENGLISH, LONG, LONG_ENGLISH, SHORT, alike, copied

from eval.questions import load_questions
from index.reader_examples import sentences_of
from index.teaching import KINDS, MISSING, TeachingError, held_out, is_own, load_items, load_passages
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


def test_there_is_enough_of_every_kind() -> None:
    counts = Counter(i.kind for i in ITEMS)
    assert set(counts) == set(KINDS)
    assert {kind: counts[kind] for kind in LEAST if counts[kind] < LEAST[kind]} == {}
    assert len(ITEMS) >= 28000
    assert len(PASSAGES) >= 1000


def test_ids_are_unique_and_references_hold() -> None:
    assert len({i.id for i in ITEMS}) == len(ITEMS)
    own = {i.passage for i in ITEMS if is_own(i.passage)}
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


def share(question: str, text: str) -> float:
    """The share of a question's content words that a text has."""
    asked, held = ({t.term for t in default_tokeniser().words(x)} for x in (question, text))
    return len(asked & held) / max(len(asked), 1)


def test_paraphrases_are_worded_away_from_the_text() -> None:
    shares = []
    for item in [i for i in ITEMS if i.kind == "paraphrase" and i.passage in PASSAGES]:
        text = PASSAGES[item.passage].text
        start = item.answers[0][0]
        shares.append(share(item.question, next(text[s:e] for s, e in sentences_of(text) if s <= start < e)))
    assert sum(s <= 0.2 for s in shares) >= 1200
    assert sum(shares) / len(shares) <= 0.2


def test_near_misses_differ_in_every_way_and_half_of_them_share_the_words() -> None:
    near = [i for i in ITEMS if i.kind == "near-miss"]
    assert min(Counter(i.missing for i in near)[missing] for missing in MISSING) >= 100
    japanese = [i for i in near if i.language == "ja" and i.passage in PASSAGES][::5]
    shares = [share(i.question, PASSAGES[i.passage].text) for i in japanese]
    assert len(shares) >= 200
    assert sum(s >= 0.5 for s in shares) >= len(shares) / 2


def test_a_tenth_is_held_out_by_passage() -> None:
    share = sum(held_out(p) for p in PASSAGES) / len(PASSAGES)
    assert 0.06 < share < 0.14


def test_nothing_comes_from_the_chapter(chapter: Document) -> None:
    known = (chapter.text, " ".join(p.rendering for p in chapter.passages))
    english = {p.id for p in PASSAGES.values() if p.text.isascii()}
    assert copied([(p.id, p.text) for p in PASSAGES.values() if p.id not in english], known, LONG) == []
    assert copied([(p.id, p.text) for p in PASSAGES.values() if p.id in english], known, LONG_ENGLISH) == []
    assert copied([(i.id, i.asked) for i in ITEMS if i.language == "ja"], known, SHORT) == []
    assert copied([(i.id, i.asked) for i in ITEMS if i.language == "en"], known, ENGLISH) == []
    assert [p.id for p in PASSAGES.values() if re.search("中央アジア|コーカサス", p.text)] == []


def test_what_came_from_the_chapter_would_be_found(chapter: Document) -> None:
    known = (chapter.text, " ".join(p.rendering for p in chapter.passages))
    passage = next(p for p in chapter.passages if len(p.text) > 2 * LONG and len(p.rendering) > 2 * ENGLISH)
    assert copied([("a", f"前年に続き、{passage.text[5:45]}という。")], known, LONG) == ["a"]
    assert copied([("b", f"{passage.text[5:25]}のはいつですか。")], known, SHORT) == ["b"]
    assert copied([("c", f"Is it so that {passage.rendering[5:60]}?")], known, ENGLISH) == ["c"]


def test_no_question_comes_from_the_question_set(chapter: Document) -> None:
    known = [i.question for i in load_questions(None, [chapter])]
    assert len(known) > 300
    assert alike([(i.id, i.asked) for i in ITEMS], known) == []


def test_what_came_from_the_question_set_would_be_found(chapter: Document) -> None:
    known = [i.question for i in load_questions(None, [chapter]) if len(i.question) > 15]
    taken = [(str(n), f"{question.rstrip('。?')}?") for n, question in enumerate(known[::20])]
    assert alike(taken, known) == [n for n, _ in taken]


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "items.jsonl").write_text('{"id": "a"}\n', encoding="utf-8")
    with pytest.raises(TeachingError, match="line 1"):
        load_items(tmp_path)
    with pytest.raises(TeachingError, match="passages"):
        load_passages(None, tmp_path)
