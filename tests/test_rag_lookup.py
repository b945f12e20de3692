"""Ids, quotes and copied citations lead to exact characters, however they were typed."""

import pytest

from index.local import LocalIndex
from index.normalise import fold
from rag.lookup import Found, Lookup
from rag.quote_alignment import aligned, fold_quote
from source.document import Document
from source.errors import HakushoError


@pytest.fixture(scope="module")
def lookup(index: LocalIndex) -> Lookup:
    return Lookup(index)


def text_of(found: Found, chapter: Document) -> str:
    return chapter.text[found.places[0].start : found.places[0].end]


@pytest.mark.parametrize(
    "typed",
    [
        "ca-2-13-1",
        " CA-2-13-1 ",
        "ｃａ－２－１３－１",
        "http://127.0.0.1:7860/?passage=ca-2-13-1",
        "[1] (2)中央アジア諸国 · ca-2-13-1",
        "@misc{ca-2-13-1,",
        "passage ca-2-13-1, characters 1-2",
    ],
)
def test_an_id_is_found_wherever_it_stands(lookup: Lookup, typed: str) -> None:
    found = lookup.find(typed)
    assert found.kind == "passage"
    assert found.places[0].passage == "ca-2-13-1"


def test_every_passage_is_found_by_its_id_and_by_its_words(lookup: Lookup, chapter: Document) -> None:
    for passage in (p for p in chapter.passages if p.duplicate_of is None):
        assert lookup.find(passage.id).places[0].start == passage.start
        found = lookup.find(passage.text)
        assert found.kind == "quote", passage.id
        assert fold(passage.text) in fold(text_of(found, chapter)), passage.id


@pytest.mark.parametrize(
    ("typed", "stands"),
    [
        ("1月に 上川外務大臣が\n訪日した", "1月に上川外務大臣が訪日した"),
        ("1月に上川外務大臣が", "1月に上川外務大臣が"),
        ("「ジョージアの夢」", "「ジョージアの夢」"),
        ("『1月に上川外務大臣が』", "1月に上川外務大臣が"),
        ("“カスピ海ルート”の重要性", "「カスピ海ルート」の重要性"),
        ("辻清人外務副大臣", "辻\U000e0100清人外務副大臣"),
        ("中央アジア+日本」対話の枠組みを2004年に立ち上げ,これまで", "中央アジア+日本」対話の枠組みを2004年に立ち上げ、これまで"),
        (
            "地政学的な要衝に位置し、…豊富な天然資源を有する",
            "地政学的な要衝に位置し、石油、天然ガス、ウラン、レアメタルなどの豊富な天然資源を有する",
        ),
        (
            "地政学的な要衝に位置し、(中略)天然資源",
            "地政学的な要衝に位置し、石油、天然ガス、ウラン、レアメタルなどの豊富な天然資源",
        ),
    ],
)
def test_width_space_marks_and_what_is_left_out_do_not_count(lookup: Lookup, chapter: Document, typed: str, stands: str) -> None:
    found = lookup.find(typed)
    assert found.kind == "quote"
    assert text_of(found, chapter) == stands
    assert not found.places[0].differences


def test_a_quote_that_is_wrong_in_places_is_found_with_what_differs(lookup: Lookup, chapter: Document) -> None:
    found = lookup.find("7月に上川外務大臣が訪日したメレドフ首相兼外相と会談し")
    assert found.kind == "close"
    assert text_of(found, chapter) == "1月に上川外務大臣が訪日したメレドフ副首相兼外相と会談し"
    changed = [(d.given, d.text) for d in found.places[0].differences if not d.same]
    assert changed == [("7", "1"), ("", "副")]


def test_words_of_letters_differ_as_a_whole(lookup: Lookup) -> None:
    found = lookup.find("The Japan-Turkmenistan Tax Treaty was signed at the 14th Joint Economic Committee meeting")
    assert (found.kind, found.places[0].passage) == ("close", "ca-2-13-4")
    told = found.places[0].differences
    assert [(d.given, d.text) for d in told if not d.same] == [("Treaty ", "Convention "), ("14th ", "15th ")]
    assert told[0].text == "The Japan-Turkmenistan Tax "


def test_the_differences_give_back_both_texts(lookup: Lookup, chapter: Document) -> None:
    pasted = "12月にアシガバットで開催された第15回の経済合同委員会で、日・トルクメニスタン租税条約が調印された。"
    place = lookup.find(pasted).places[0]
    assert fold_quote("".join(d.given for d in place.differences)).text == fold_quote(pasted).text
    assert fold_quote("".join(d.text for d in place.differences)).text == fold_quote(chapter.text[place.start : place.end]).text


def test_what_the_text_does_not_say_is_not_said_to_be_there(lookup: Lookup) -> None:
    assert lookup.find("日本の総理大臣が先週パリを訪問して会談した").kind in ("near", "nothing")
    assert lookup.find("qwxz qwxz qwxz").kind == "nothing"
    with pytest.raises(HakushoError, match="paste"):
        lookup.find(" \n")


def test_a_citation_with_a_wrong_quote_shows_what_the_passage_says(lookup: Lookup) -> None:
    found = lookup.find("[1] ca-2-13-1\n「1月に上川外務大臣が訪日したメレドフ大統領と会談し」")
    assert found.places[0].passage == "ca-2-13-1"
    changed = [(d.given, d.text) for d in found.places[0].differences if not d.same]
    assert changed == [("大統領", "副首相兼外相")]


def test_a_citation_with_its_quote_is_narrowed_to_it(lookup: Lookup, chapter: Document) -> None:
    found = lookup.find("ca-2-13-1 「1月に上川外務大臣が訪日した」")
    assert text_of(found, chapter) == "1月に上川外務大臣が訪日した"


def test_what_is_printed_twice_is_found_once_and_navigation_never(lookup: Lookup, chapter: Document) -> None:
    twice = next(p for p in chapter.passages if p.duplicate_of)
    assert lookup.find(twice.id).places[0].passage == twice.duplicate_of
    assert [p.passage for p in lookup.find(twice.text).places] == [twice.duplicate_of]
    assert lookup.find(chapter.text[chapter.navigation[-1].start : chapter.navigation[-1].end]).kind != "quote"


def test_a_heading_is_found(lookup: Lookup, chapter: Document) -> None:
    found = lookup.find("(3)コーカサス諸国")
    assert (found.kind, text_of(found, chapter)) == ("quote", "(3)コーカサス諸国")


def test_the_rendering_leads_to_the_original(lookup: Lookup, chapter: Document) -> None:
    found = lookup.find("was signed at the 15th Joint Economic Committee meeting")
    assert (found.kind, found.places[0].passage) == ("quote", "ca-2-13-4")
    assert text_of(found, chapter) == chapter.passage("ca-2-13-4").text


def test_neighbours_end_with_the_document(lookup: Lookup, chapter: Document) -> None:
    ids = [p.id for p in chapter.passages if p.duplicate_of is None]
    assert lookup.neighbours(ids[0]) == (None, ids[1])
    assert lookup.neighbours(ids[3]) == (ids[2], ids[4])
    assert lookup.neighbours(ids[-1]) == (ids[-2], None)


def test_alignment_finds_the_stretch_and_nothing_around_it() -> None:
    text = "あいうえお" + "春の海ひねもすのたりのたりかな" + "かきくけこ"
    likeness, start, end = aligned("春の海ひねもすのたりかな", text) or (0.0, 0, 0)
    assert text[start:end] == "春の海ひねもすのたりのたりかな"
    assert 0.8 < likeness < 1
    assert aligned("", text) is None
