"""Follow-ups: what replaces what, what a pronoun points at, what is carried along and what is left alone."""

import pytest

from index.tokenise import default_tokeniser
from rag.followup import FollowUps, Turn


@pytest.fixture(scope="module")
def followups() -> FollowUps:
    return FollowUps(default_tokeniser())


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        ("横浜市の原因は?", "川崎市は?", "川崎市の原因は?"),
        ("第45次隊の司令は?", "第46次隊は?", "第46次隊の司令は?"),
        ("1月20日は誰と会談しましたか。", "では2月8日は?", "2月8日は誰と会談しましたか。"),
        ("2022年の水揚げは?", "翌年は?", "2023年の水揚げは?"),
        ("台湾側代表は誰ですか。", "日本側は?", "日本側代表は誰ですか。"),
        ("管理職の女性割合は?", "給与額は?", "管理職の給与額は?"),
        ("港の拡張計画の発表はいつですか。", "金額は?", "港の拡張計画の発表の金額は?"),
        ("EAEUとは何の略ですか。", "じゃあCISは?", "CISとは何の略ですか。"),
        ("When was the agreement reached?", "With whom?", "With whom was the agreement reached?"),
        ("Where was the fourth meeting held?", "And the fifth?", "Where was the fifth meeting held?"),
        ("How many nikkei are there?", "And in Hawaii?", "How many nikkei are there in Hawaii?"),
        ("Who builds the runway?", "And the control tower?", "Who builds the control tower?"),
    ],
)
def test_a_new_thing_takes_the_place_of_its_like(followups: FollowUps, before: str, question: str, standalone: str) -> None:
    assert followups.resolve(question, [Turn(before)]) == standalone


@pytest.mark.parametrize(
    ("question", "standalone"),
    [
        ("大使館にいる日本人の数は何人ですか。", "大使館にいる日本人の数は何人ですか。"),
        ("ところで、記念切手は誰の作品ですか。", "記念切手は誰の作品ですか。"),
        ("話は変わりますが、COP29はどこで開かれましたか。", "COP29はどこで開かれましたか。"),
        ("Changing the subject: who signed the treaty?", "Who signed the treaty?"),
        ("When did China put forward its new proposal?", "When did China put forward its new proposal?"),
    ],
)
def test_what_brings_its_own_subject_is_left_alone(followups: FollowUps, question: str, standalone: str) -> None:
    before = "Who visited Peru?" if question.isascii() else "2月に久保寺外務副大臣はナイロビで何をしましたか。"
    assert followups.resolve(question, [Turn(before)]) == standalone


def test_a_pronoun_takes_the_answer_before_the_question_before_the_quote(followups: FollowUps) -> None:
    turn = Turn("議長国はどこですか。", "カザフスタン", "現議長国はカザフスタンである。")
    assert followups.resolve("その国の外相は誰ですか。", [turn]) == "カザフスタンの外相は誰ですか。"
    quoted = Turn("会談したのは誰ですか。", None, "5月、日・モンゴル外相会談が行われた。")
    assert followups.resolve("その会談の場所はどこですか。", [quoted]) == "日・モンゴル外相会談の場所はどこですか。"
    year = Turn("協定は2022年に署名されましたか。")
    assert followups.resolve("同じ年に発効しましたか。", [year]) == "2022年に発効しましたか。"


def test_what_names_nothing_new_is_asked_of_the_topic(followups: FollowUps) -> None:
    turn = Turn(
        "4月に来日したのは誰ですか。", "ワンモ外相", "4月、ワンモ外相が来日した。", "4月、ワンモ外相が来日した。", "ブータン"
    )
    assert followups.resolve("誰と会談しましたか。", [turn]) == "4月に来日したワンモ外相について、誰と会談しましたか。"
    paragraph = "8月、首相が訪日した。大統領選挙は翌年に行われる。"
    thin = Turn("首相はいつ来ましたか。", "8月", "8月、首相が訪日した。", paragraph, "ポーランド")
    assert followups.resolve("大統領選挙は?", [thin]) == "ポーランドの首相の大統領選挙は?"


def test_a_question_word_is_no_pronoun(followups: FollowUps) -> None:
    turn = Turn("2月にナイロビを訪れたのは誰ですか。", "久保寺副大臣", "2月、久保寺副大臣はケニアを訪れた。")
    assert "どこの国の誰を" in followups.resolve("どこの国の誰を表敬しましたか。", [turn])
