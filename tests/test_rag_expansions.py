"""Every match by another word is told, with what says that the words mean the same."""

from typing import get_args

import pytest

from index.lexicon import Lexicon
from index.tokenise import Tokeniser, default_tokeniser
from rag.answer import ExpansionSource
from rag.assistant import Assistant
from rag.expansions import expansions
from rag.html_turn import turn as turn_html
from rag.html_words import EXPANDED_BY, WORDS
from rag.terminal import show_explanation
from rag.turns import Turn, decode, encode
from source.document import Passage
from source.parse import parse


def passage(text: str) -> Passage:
    return parse(f"# 題\n\n{text}\n", "made").passages[-1]


def told(question: str, text: str, tokeniser: Tokeniser | None = None) -> list[tuple[str, str, str]]:
    found = expansions(question, [passage(text)], tokeniser or default_tokeniser())
    assert {e.passage for e in found} <= {passage(text).id}
    return [(e.word, e.matched, source) for e in found for source in e.sources]


@pytest.mark.parametrize(
    "question, text, expected",
    [
        ("値上がりはなぜ起きましたか。", "物価高騰の原因は燃料の不足である。", ("値上がり", "物価高騰", "lexicon")),
        ("外相は誰ですか。", "外務大臣には山田氏が就いた。", ("外相", "外務大臣", "sudachi")),
        ("Who went to Uzbekistan in June?", "6月、大臣はウズベキスタンを訪問した。", ("June", "6月", "names")),
        ("冬に何がありましたか。", "12月に会合が開かれた。", ("冬", "12月", "names")),
    ],
)
def test_the_words_and_the_source_are_named(question: str, text: str, expected: tuple[str, str, str]) -> None:
    assert expected in told(question, text)


def test_a_word_that_stands_in_the_passage_was_not_expanded() -> None:
    assert told("物価高騰はなぜですか。", "物価高騰の原因は燃料の不足である。") == []
    # Another form of the same word is the same word.
    assert told("大臣が訪問した国は?", "大臣の訪問した国は多い。") == []


def test_what_only_the_lexicon_knows_is_not_told_without_it() -> None:
    bare = Tokeniser(Lexicon())
    assert told("値上がりはなぜ起きましたか。", "物価高騰の原因は燃料の不足である。", bare) == []
    assert ("外相", "外務大臣", "sudachi") in told("外相は誰ですか。", "外務大臣には山田氏が就いた。", bare)


def test_each_expansion_is_a_concept_that_search_matched_by() -> None:
    tokeniser = default_tokeniser()
    question, text = "どの国の外相が来日しましたか。", "外務大臣が訪日した。"
    found = told(question, text)
    assert found
    for word, matched, _ in found:
        assert word in question
        assert matched in text
        assert set(tokeniser.concepts(question)) & set(tokeniser.concepts(text))


def test_an_answer_tells_its_expansions_wherever_it_is_explained(assistant: Assistant) -> None:
    answer = assistant.ask("租税条約のサインはいつですか。")
    assert ("サイン", "署名", ("lexicon", "sudachi")) in [(e.word, e.matched, e.sources) for e in answer.expansions]
    assert {e.passage for e in answer.expansions} <= {c.passage for c in answer.citations} | {answer.retrieved[0].passage}
    page = turn_html(Turn(answer.question, answer), assistant.index.by_id, "en")
    assert "サイン → 署名 (lexicon, Sudachi synonyms)" in page.split('<details class="how">')[1]
    assert f"{WORDS['ja']['how_expanded']}: " in show_explanation(answer)
    explained = answer.explained()["explanation"]
    assert ("サイン", "署名") in [(e["word"], e["matched"]) for e in explained["expansions"]]
    kept = decode(encode(Turn(answer.question, answer)), assistant.index)
    assert kept
    assert kept.answer
    assert kept.answer.expansions == answer.expansions


def test_every_source_has_a_name_in_both_languages() -> None:
    assert set(EXPANDED_BY["ja"]) == set(EXPANDED_BY["en"]) == set(get_args(ExpansionSource))
