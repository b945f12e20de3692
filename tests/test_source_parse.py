"""Text → passages: every content character in exactly one passage, navigation in none."""

import pytest

from source.document import Document
from source.lines import classify
from source.parse import Metadata, detect_language, parse
from source.sentences import split_sentences


def test_every_passage_stands_at_its_offsets(chapter: Document) -> None:
    assert all(chapter.text[p.start : p.end] == p.text for p in chapter.passages)


def covered(document: Document) -> list[int]:
    """How many passages, headings and navigation lines each character belongs to."""
    counts = [0] * len(document.text)
    headings = [line.span for line in classify(document.text) if line.kind == "heading"]
    for span in (*document.passages, *document.navigation, *headings):
        for i in range(span.start, span.end):
            counts[i] += 1
    return counts


def test_every_character_belongs_to_exactly_one_thing(chapter: Document) -> None:
    counts = covered(chapter)
    assert all(n == 1 for n, c in zip(counts, chapter.text, strict=True) if not c.isspace())
    assert max(counts) == 1


def test_sections_have_the_heading_path(chapter: Document) -> None:
    assert [s.path[-1] for s in chapter.sections] == ["(1)総論", "(2)中央アジア諸国", "(3)コーカサス諸国"]
    assert chapter.sections[1].path == ("第2章 地域別に見た外交", "3 中央アジア・コーカサス諸国", "(2)中央アジア諸国")


def test_navigation_is_recognised(chapter: Document) -> None:
    found = [chapter.text[s.start : s.end] for s in chapter.navigation]
    assert found == ["外交青書・白書", "このページのトップへ戻る", "青書・白書・提言へ戻る"]
    assert not any("戻る" in p.text for p in chapter.passages)


def test_footnotes_are_tied_to_their_marks(chapter: Document) -> None:
    assert [f.label for f in chapter.footnotes] == ["6", "7", "8", "9"]
    for note in chapter.footnotes:
        assert [chapter.text[r.start : r.end] for r in note.references] == [f"({note.label})"]
        assert chapter.passage(note.passage).kind == "footnote"


def test_captions_printed_twice_are_one(chapter: Document) -> None:
    captions = [p for p in chapter.passages if p.kind == "caption"]
    assert len(captions) == 4
    assert [p.duplicate_of for p in captions] == [None, captions[0].id, None, captions[2].id]


def test_ids_are_stable_and_readable(chapter: Document) -> None:
    again = parse(chapter.text, chapter.id, Metadata(prefix="ca"))
    assert [p.id for p in again.passages] == [p.id for p in chapter.passages]
    assert len({p.id for p in chapter.passages}) == len(chapter.passages)
    assert chapter.passage("ca-2-07-1").text.startswith("ウズベキスタンとの関係では")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("「行く。」と言った。次。", ["「行く。」と言った。", "次。"]),
        ("本当?はい。", ["本当?", "はい。"]),
        ("括弧(が閉じない。次の文。", ["括弧(が閉じない。", "次の文。"]),
        ('Mr. Sato spent 3.5 billion. He said "Go." Then left.', ["Mr. Sato spent 3.5 billion.", 'He said "Go."', "Then left."]),
        ("The U.S. gave aid. It helped.", ["The U.S. gave aid.", "It helped."]),
        ("句点なし", ["句点なし"]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[s.start : s.end] for s in split_sentences(text)] == expected


PLAIN = """Annual Report 2023

Overview

The ministry spent 3.5 million yen in the year 2023. Mr. Sato, who
leads the office, left.

1. Budget
The budget grew. It was
approved.
- item one
- item two

(1) 予算 100億円
(2) 人員 50人
"""


def test_a_plain_text_loses_nothing() -> None:
    document = parse(PLAIN, "report")
    assert all(n == 1 or c.isspace() for c, n in zip(document.text, covered(document), strict=True))
    texts = [p.text for p in document.passages]
    assert "Mr. Sato, who\nleads the office, left." in texts
    assert {"- item one", "(1) 予算 100億円", "(2) 人員 50人"} <= set(texts)
    assert [s.path[-1] for s in document.sections if s.path] == ["Overview", "1. Budget"]


def test_a_title_above_a_numbered_heading_is_no_navigation() -> None:
    document = parse("環境白書\n第1章 気候\n\n気温が上がった。\n", "env")
    assert document.sections[0].path == ("環境白書", "第1章 気候")
    assert not document.navigation


def test_hostile_texts_do_not_break_the_reader() -> None:
    for text in ("", "\n\n\n", "。。。", "(((((", "」」」。", "\u202e逆\u202c。", "a" * 5000, "1\n2\n3\n", "# \n## x"):
        document = parse(text, "x")
        assert all(document.text[p.start : p.end] == p.text and p.text.strip() for p in document.passages)


def test_language() -> None:
    assert detect_language("これは日本語です。") == "ja"
    assert detect_language("This is an English sentence about 日本.") == "en"


@pytest.mark.parametrize(
    "text",
    [
        "The survey found that the coastal area holds\n12 million people and that its largest port is Calder\nin the north.",
        "この調査によると、同地域の人口は前年に比べて増加し、合計で\n12 万人に達した。",
        "1 January 2020\nThe shop opened.",
        "Section leaders are paid 40 euros\n\nThey work on Sundays.",
        "山田さんは東京へ戻る\n\n天気は晴れです。",
        "選手団は10月3日に東京に戻る\n\n晴れた。",
        "Return to the depot by noon on Friday\n\nThe bus leaves.",
        "Monday\nOpen\nTuesday\nOpen\n\nThe shop is on Elm Street.",
        "1. Call the plumber on Friday\n2. Pay the rent of 900 euros\n3. Buy a red bicycle",
        "図書館は一九五八年に建てられ、\n現在は三万冊を所蔵している。",
    ],
)
def test_prose_is_never_lost(text: str) -> None:
    document = parse(text, "x")
    cited = "".join(p.text for p in document.passages) + "".join(h for p in document.passages[:1] for h in p.headings)
    assert all(word in cited for word in text.split())
    assert not document.navigation


def test_wrapped_lines_join_and_items_do_not() -> None:
    assert len(parse("図書館は一九五八年に建てられ、\n現在は三万冊を所蔵している。", "x").passages) == 1
    assert len(parse("1. Call the plumber on Friday\n2. Pay the rent of 900 euros", "x").passages) == 2
