"""Fields of terms: words, n-grams, concepts, English stems, with offsets."""

from index.entities import find_entities, keys
from index.tokenise import default_tokeniser, language_of


def fields(text: str) -> dict[str, tuple[str, ...]]:
    return default_tokeniser().fields(text)


def test_both_modes_give_words() -> None:
    words = fields("外務副大臣が訪日した")["word"]
    assert {"副大臣", "大臣", "訪日"} <= set(words)
    assert "為る" not in words


def test_twelve_months_are_not_two() -> None:
    assert "2月" not in fields("12月に会談した")["gram"]
    assert "2月" in fields("2月に会談した")["gram"]


def test_offsets_are_those_of_the_original() -> None:
    text = "辻\U000e0100がｳｽﾞﾍﾞｷｽﾀﾝを訪問"
    found = {text[t.start : t.end] for t in default_tokeniser().tokens(text)}
    assert {"辻\U000e0100", "ｳｽﾞﾍﾞｷｽﾀﾝ", "訪問"} <= found


def test_concepts_bridge_words_and_languages() -> None:
    def concepts(text: str) -> set[str]:
        return set(default_tokeniser().concepts(text))

    assert concepts("外相") & concepts("外務大臣")
    assert concepts("ウズベキスタン") & concepts("Uzbekistan")
    assert concepts("6月") & concepts("in June")
    assert concepts("訪日した") & concepts("日本を訪れた")
    assert not concepts("租税") & concepts("選挙")


def test_english_is_stemmed() -> None:
    assert fields("visiting")["english"] == fields("visited")["english"]
    assert fields("the of a")["english"] == ()


def test_language() -> None:
    assert language_of("誰?") == "ja"
    assert language_of("ｱｾﾞﾙﾊﾞｲｼﾞｬﾝ") == "ja"
    assert language_of("Who?") == "en"


def test_entities_agree_across_languages() -> None:
    assert keys("2024年6月、キルギスの第5回会合") == keys("the fifth meeting in Kyrgyzstan, June 2024")
    assert keys("令和6年") == {"y:2024"}
    assert "c:GE" in keys("the Georgian parliament")
    assert keys("it may rain") == set()
    text = "辻\U000e0100がジョージアへ"
    (country,) = find_entities(text)
    assert text[country.start : country.end] == "ジョージア"
