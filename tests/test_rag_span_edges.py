"""Short answers begin and end at words: without particles, marks and lonely brackets, with the number of a counter."""

import pytest

from index.tokenise import default_tokeniser
from rag.span_edges import whole_words


@pytest.mark.parametrize(
    ("text", "marked", "wanted"),
    [
        ("協定は1998年に署名された。", "1998年に", "1998年"),
        ("協定は1998年に署名された。", "年に", "1998年"),
        ("3分の2以上の賛成が要る。", "3分の2以上の", "3分の2以上"),
        ("首都は、ビシュケクである。", "、ビシュケク", "ビシュケク"),
        ("書名は『航路』という。", "『航路』", "航路"),
        ("書名は『航路』という。", "『航路", "航路"),
        ("石油（せきゆ）は燃料である。", "石油", "石油"),
        ("期間は40日から50日前後である。", "40日から50日前", "40日から50日前後"),
        ("The treaty was signed in Bishkek.", "Bish", "Bishkek"),
        ("The treaty was signed in Bishkek.", "in Bishkek.", "in Bishkek"),
    ],
)
def test_edges(text: str, marked: str, wanted: str) -> None:
    at = text.index(marked)
    start, end = whole_words(text, (at, at + len(marked)), default_tokeniser())
    assert text[start:end] == wanted


def test_nothing_but_marks_is_empty() -> None:
    start, end = whole_words("首都は、。", (3, 5), default_tokeniser())
    assert start == end
