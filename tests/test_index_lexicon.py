"""The shipped lexicon is well formed."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel import Locale

from index.lexicon import load_lexicon

FOLDER = Path(__file__).parents[1] / "index" / "lexicon"
TERM_FILES = sorted(FOLDER.glob("terms*.tsv"))
TERM_COLUMNS = ["term", "reading", "kind", "synonyms", "english", "broader"]
ATTRIBUTE_COLUMNS = ["attribute", "asks_ja", "asks_en", "answer_type", "evidence_ja"]
KINDS = {"action", "event", "person-role", "organisation", "document", "concept", "object", "place", "time"}
ANSWER_TYPES = {
    "person", "place", "country", "organisation", "date", "duration", "count", "amount",
    "percentage", "reason", "definition", "list", "description", "yes-no", "document", "event",
}  # fmt: skip
HIRAGANA = re.compile("[ぁ-ゖー]+")


def fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def lines(path: Path) -> list[list[str]]:
    text = path.read_text(encoding="utf-8")
    assert text.endswith("\n")
    assert "\r" not in text
    assert '"' not in text
    return [line.split("\t") for line in text[:-1].split("\n")]


def term_rows() -> Iterator[tuple[str, list[str]]]:
    for path in TERM_FILES:
        for row in lines(path)[1:]:
            yield path.name, row


def check_parts(cell: str) -> None:
    parts = cell.split("|")
    assert all(p and p == p.strip() for p in parts), cell
    folded = [fold(p) for p in parts]
    assert len(set(folded)) == len(folded), cell


@pytest.mark.parametrize("path", [*TERM_FILES, FOLDER / "attributes.tsv"], ids=lambda p: p.name)
def test_columns(path: Path) -> None:
    columns = ATTRIBUTE_COLUMNS if path.name == "attributes.tsv" else TERM_COLUMNS
    header, *rows = lines(path)
    assert header == columns
    assert rows
    for row in rows:
        assert len(row) == len(columns), row
        assert all(cell == cell.strip() for cell in row), row


def test_terms() -> None:
    for name, (term, reading, kind, synonyms, english, broader) in term_rows():
        where = f"{name}: {term}"
        assert term, where
        assert "|" not in term + reading + broader, where
        assert HIRAGANA.fullmatch(reading), where
        assert kind in KINDS, where
        assert synonyms or english, where
        if synonyms:
            check_parts(synonyms)
        assert english, where
        check_parts(english)
        assert fold(term) not in {fold(p) for p in synonyms.split("|")}, where
        assert broader != term, where


def test_no_term_twice() -> None:
    counts = Counter(fold(row[0]) for _, row in term_rows())
    assert [term for term, n in counts.items() if n > 1] == []


def test_attributes() -> None:
    rows = lines(FOLDER / "attributes.tsv")[1:]
    for name, asks_ja, asks_en, answer_type, evidence in rows:
        assert name
        assert asks_ja, name
        assert asks_en, name
        check_parts(asks_ja)
        check_parts(asks_en)
        assert answer_type in ANSWER_TYPES, name
        # Width variants (% and ％) may both stand: evidence may be looked up in unfolded text.
        parts = evidence.split("|") if evidence else []
        assert all(p and p == p.strip() for p in parts), name
        assert len(set(parts)) == len(parts), name
    counts = Counter(fold(row[0]) for row in rows)
    assert [name for name, n in counts.items() if n > 1] == []


def test_broader_terms_are_entries_and_lead_upwards() -> None:
    entries = {e.term: e for e in load_lexicon(FOLDER).entries}
    assert sum(bool(e.broader) for e in entries.values()) >= 1000
    assert {e.term: e.broader for e in entries.values() if e.broader and e.broader not in entries} == {}
    for entry in entries.values():
        seen = [entry.term]
        while broader := entries[seen[-1]].broader:
            assert broader not in seen, seen
            seen.append(broader)


def test_what_is_broader_is_not_called_the_same() -> None:
    entries = {e.term: e for e in load_lexicon(FOLDER).entries}
    narrower = [e for e in entries.values() if e.broader]
    assert [e.term for e in narrower if e.broader in e.synonyms or e.term in entries[e.broader].synonyms] == []


def test_countries_are_called_as_cldr_calls_them() -> None:
    def plain(name: object) -> str:
        return fold(str(name)).replace("&", "and").replace("’", "'").replace(" the ", " ")

    japanese, english = Locale("ja").territories, Locale("en").territories
    codes = {fold(str(name)): code for code, name in japanese.items() if len(code) == 2 and code.isalpha()}
    named = [e for e in load_lexicon(FOLDER).entries if fold(e.term) in codes]
    assert len(named) >= 190
    assert [e.term for e in named if plain(english[codes[fold(e.term)]]) not in map(plain, e.english)] == []


def test_size() -> None:
    lexicon = load_lexicon(FOLDER)
    assert len(lexicon.entries) >= 4000
    assert len(lexicon.attributes) >= 300


def test_the_licence_is_told_where_the_words_are() -> None:
    for folder in (FOLDER, FOLDER.parent / "teaching"):
        assert "CC BY-SA 4.0" in (folder / "README.md").read_text(encoding="utf-8")
    notice = (FOLDER.parents[1] / "NOTICE").read_text(encoding="utf-8")
    assert "CC BY-SA 4.0" in notice.split("The lexicon and the teaching set")[1]
