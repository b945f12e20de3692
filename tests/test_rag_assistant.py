"""The main job: a question in, verified quotes or a refusal out."""

import pytest

from rag.answer import Citation
from rag.assistant import Assistant, QuestionError
from rag.llama import HakushoQueryEngine, HakushoRetriever
from rag.verify import CitationError, verify


def test_the_years_of_the_programme(assistant: Assistant) -> None:
    answer = assistant.ask("日本とトルクメニスタンの外務省間協力プログラムは何年から何年までのものですか。")
    assert answer.status == "answered"
    assert answer.short_answer == "2024年-2026年"
    assert [c.passage for c in answer.citations] == ["ca-2-13-1"]


def test_what_the_document_does_not_say_is_refused_in_the_language_of_the_question(assistant: Assistant) -> None:
    english = assistant.ask("Who is the prime minister of Kazakhstan?")
    japanese = assistant.ask("富士山の高さは何メートルですか。")
    assert english.status == japanese.status == "not_in_document"
    assert english.text == "The document does not say."
    assert "書かれていません" in japanese.text
    assert not english.citations
    assert english.retrieved


QUESTIONS = [
    "5月に訪日したのは誰ですか",
    "What is the Caspian Sea Route?",
    "SCOとは何の略ですか",
    "ジョージアとの関係について教えて",
    "あ",
    "?",
    "a" * 500,
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_citation_stands_at_its_offsets(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    for c in answer.citations:
        assert assistant.index.document(c.document).text[c.start : c.end] == c.quote
    scores = [r.score for r in answer.retrieved]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= s <= 1 for s in [*scores, answer.confidence])
    for s in answer.statements:
        assert s.short is None or 0 <= s.short[0] < s.short[1] <= len(s.text)


def test_a_wrong_citation_is_caught(assistant: Assistant) -> None:
    document = assistant.index.documents[0].id
    with pytest.raises(CitationError, match="hakusho index build"):
        verify([Citation(document, "x", 0, 5, "違う文です")], assistant.index)


def test_a_list_gathers_every_sentence_in_order(assistant: Assistant) -> None:
    answer = assistant.ask("5月に訪日した要人を全員挙げてください。")
    assert {"ca-2-10-3", "ca-3-03-2", "ca-3-05-1"} <= {c.passage for c in answer.citations}
    starts = [c.start for c in answer.citations]
    assert starts == sorted(starts)


def test_an_english_question_gets_the_rendering_and_what_it_renders(assistant: Assistant) -> None:
    answer = assistant.ask("When was the Japan-Turkmenistan tax convention signed?")
    (statement,) = answer.statements
    assert "December" in statement.rendering
    assert statement.text == answer.citations[0].quote
    assert answer.language == "en"


@pytest.mark.parametrize(
    ("history", "question", "standalone"),
    [
        (["5月に訪日したのは誰ですか"], "翌月は?", "6月に訪日したのは誰ですか"),
        (["ウズベキスタンの外相はいつ来日しましたか"], "では、キルギスは?", "キルギスの外相はいつ来日しましたか"),
        (["Who visited Uzbekistan in June?"], "What about Kazakhstan?", "Who visited Kazakhstan in June?"),
        (["5月に訪日したのは誰ですか"], "カスピ海ルートとは何ですか。", "カスピ海ルートとは何ですか。"),
        ([], "翌月は?", "翌月は?"),
    ],
)
def test_follow_ups(assistant: Assistant, history: list[str], question: str, standalone: str) -> None:
    assert assistant.ask(question, history).standalone_question == standalone


def test_a_pronoun_takes_what_was_asked_about(assistant: Assistant) -> None:
    standalone = assistant.standalone("その国の大統領は誰ですか", ["6月に辻外務副大臣がキルギスで表敬したのは誰ですか"])
    assert "キルギス" in standalone


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("タジキスタソ", "タジキスタン"),
        ("あぜるばいじゃん", "アゼルバイジャン"),
        ("goverment of Goergia", "government of Georgia"),
    ],
)
def test_misspelt_names_are_mended_and_shown(assistant: Assistant, typed: str, meant: str) -> None:
    assert meant.lower() in assistant.ask(typed).standalone_question.lower()


def test_half_width_and_missing_selectors_find_the_same(assistant: Assistant) -> None:
    plain = assistant.search("辻清人外務副大臣はトルクメニスタンを訪問したか", 1)[0].passage.id
    assert assistant.search("辻\U000e0100清人外務副大臣はﾄﾙｸﾒﾆｽﾀﾝを訪問したか", 1)[0].passage.id == plain


@pytest.mark.parametrize("question", ["", "  \n", "長" * 3000])
def test_questions_that_cannot_be_asked(assistant: Assistant, question: str) -> None:
    with pytest.raises(QuestionError):
        assistant.ask(question)


def test_navigation_and_duplicates_are_never_retrieved(assistant: Assistant) -> None:
    found = [c.passage for c in assistant.search("このページのトップへ戻る 記念イラスト", 50)]
    assert not [p for p in found if "戻る" in p.text or p.duplicate_of]


def test_hakusho_plugs_into_llama_index(assistant: Assistant) -> None:
    nodes = HakushoRetriever(assistant, k=3).retrieve("カスピ海ルートとは")
    assert nodes[0].node.node_id == "ca-1-04-1"
    response = HakushoQueryEngine(assistant).query("カスピ海ルートとは何ですか")
    assert response.metadata is not None
    assert response.metadata["status"] == "answered"
    assert response.source_nodes[0].node.get_content() in str(response)


def test_a_stream_ends_with_the_answer_that_ask_gives(assistant: Assistant) -> None:
    *statements, answer = assistant.stream("日本とトルクメニスタンの外務省間協力プログラムは何年から何年までのものですか。")
    assert statements == list(answer.statements)
    assert answer.citations == assistant.ask(answer.question).citations


def test_all_that_a_person_is_asked_of_are_quoted(assistant: Assistant) -> None:
    quotes = [c.quote for c in assistant.ask("5月に訪日したのは誰ですか。").citations]
    assert len(quotes) == 3
    assert all("5月" in q and "訪日" in q for q in quotes)
