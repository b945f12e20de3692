"""Citations in every spelling, however the stream is cut."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.citation_parser import Draft, StatementParser, without_thinking

SPELLINGS = [
    "[1]",
    "【1】",
    "［１］",
    "[Passage 1]",
    "[[1]]",
    "〔1〕",
    "[出典1]",
    "(Passage 1)",
    "[^1]",
    "[#1]",
    "[source: 1]",
    "(文1)",
]


def parse(*pieces: str, known: int = 9, round_brackets: bool = False) -> list[Draft]:
    parser = StatementParser(known, round_brackets=round_brackets)
    return [*(d for piece in pieces for d in parser.feed(piece)), *parser.close()]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("text", ["彼は訪日した{}。次の文。", "He came {}. Next one.", "He came. {} Next one."])
def test_every_spelling(spelling: str, text: str) -> None:
    first, *_ = parse(text.format(spelling))
    assert first.cited == (1,)
    assert first.text in ("彼は訪日した。", "He came.")


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("A b [1, 2].", (1, 2)),
        ("A b [1][2].", (1, 2)),
        ("A b [1] [2].", (1, 2)),
        ("A b [1-3].", (1, 2, 3)),
        ("A b [1–2, 7].", (1, 2, 7)),
        ("A b [Passages 2 and 4].", (2, 4)),
        ("文。【1】【2】", (1, 2)),
        ("文[3、1]。", (3, 1)),
        ("A b [2][2].", (2,)),
        ("A b [99] [1].", (1,)),
        ("A b [0].", ()),
        ("The note [sic] stays.", ()),
    ],
)
def test_several_and_unknown(text: str, cited: tuple[int, ...]) -> None:
    assert [d.cited for d in parse(text)] == [cited]


def test_round_brackets_only_where_they_are_safe() -> None:
    assert parse("The SCO(6) met (1).") == [Draft("The SCO(6) met (1).", ())]
    assert parse("It met (1).", round_brackets=True) == [Draft("It met.", (1,))]


def test_marks_that_end_nothing() -> None:
    assert len(parse("Mr. Smith paid 3.5 million U.S. dollars on No. 7 [1].")) == 1
    assert len(parse("彼は「行く。来る。」と述べた[1]。")) == 1


def test_lists_and_emphasis_are_plain_text() -> None:
    assert parse("- **One** fact [1]\n2. Another [2]\n# Head\n") == [
        Draft("One fact", (1,)),
        Draft("Another", (2,)),
        Draft("Head", ()),
    ]


WHOLE = st.lists(
    st.sampled_from(
        [
            "He came",
            "彼は訪日した",
            "「行く。」と",
            " [1]",
            "【2】",
            "［３, 4］",
            "[Passage 5]",
            "。",
            ". ",
            "? ",
            "\n",
            "[",
            "]",
            "(6)",
            "3.5",
            " [1-3]",
            "*b*",
            "「",
        ]
    ),
    max_size=14,
).map("".join)


@settings(max_examples=120, deadline=None)
@given(WHOLE, st.lists(st.integers(0, 60), max_size=5))
def test_any_cutting_gives_the_same(text: str, cuts: list[int]) -> None:
    places = sorted({min(c, len(text)) for c in cuts} | {0, len(text)})
    pieces = [text[a:b] for a, b in pairwise(places)]
    assert parse(*pieces) == parse(text) == parse(*text)


@pytest.mark.parametrize("cut", range(24))
def test_thinking_is_left_out_wherever_it_is_cut(cut: int) -> None:
    text = "<think>a [1]</think>Yes."
    assert "".join(without_thinking([text[:cut], text[cut:]])) == "Yes."
    assert "".join(without_thinking(["No <think>", "."])) == "No <think>."
