"""Passages as the reader sees them: in their paragraph, long ones in pieces, renderings beside."""

from index.embedding import load_embedder
from index.local import LocalIndex, build_index
from index.tokenise import default_tokeniser
from rag.question import understand
from rag.reading import PassageReader
from source.document import Document
from source.parse import parse

QUESTION = understand("日本とトルクメニスタンの外務省間協力プログラムは何年から何年までのものですか。")


def one_document(text: str) -> LocalIndex:
    return build_index([parse(text, "made")], load_embedder(), default_tokeniser())


def test_all_passages_of_a_paragraph_are_read_and_marks_are_theirs(index: LocalIndex, chapter: Document) -> None:
    gold = next(p for p in chapter.passages if "2024年-2026年" in p.text)
    found = PassageReader(index).read(QUESTION, [gold])
    assert set(found) == {p.id for p in chapter.passages_of(gold.paragraph)}
    assert max(found, key=lambda i: found[i].answers) == gold.id
    marked = found[gold.id].marked
    assert marked is not None
    start = gold.text.index("2024年-2026年")
    assert marked[0] < start + 11
    assert marked[1] > start


def test_every_mark_stands_inside_its_passage(index: LocalIndex, chapter: Document) -> None:
    found = PassageReader(index).read(QUESTION, list(index.passages[:12]))
    for passage_id, reading in found.items():
        assert reading.marked is not None
        assert 0 <= reading.marked[0] < reading.marked[1] <= len(chapter.passage(passage_id).text)


def test_a_span_is_scored_in_the_passages_own_offsets(index: LocalIndex, chapter: Document) -> None:
    gold = next(p for p in chapter.passages if "2024年-2026年" in p.text)
    reading = PassageReader(index).read(QUESTION, [gold])[gold.id]
    start = gold.text.index("2024年-2026年")
    assert reading.score(start, start + 11) > reading.score(0, 5)


def test_a_long_paragraph_is_read_in_pieces_to_its_end() -> None:
    filler = "".join(
        f"第{i}回の会合では、港湾の整備に関する議論が行われ、参加国は引き続き協力することで一致した。" for i in range(1, 40)
    )
    index = one_document(f"# 港湾\n\n{filler}事務局の本部はリスボンに置かれている。\n")
    question = understand("事務局の本部はどこにありますか。")
    found = PassageReader(index).read(question, [index.passages[0]])
    assert set(found) == {p.id for p in index.passages}
    best = max(found, key=lambda i: found[i].answers)
    assert "リスボン" in index.by_id[best][1].text


def test_an_english_question_reads_the_rendering_too(index: LocalIndex, chapter: Document) -> None:
    gold = next(p for p in chapter.passages if "2024年-2026年" in p.text)
    asked = understand("Which years does the cooperation programme of the two foreign ministries cover?")
    reader = PassageReader(index)
    found = reader.read(asked, [gold])
    assert max(found, key=lambda i: found[i].answers) == gold.id
    assert found[gold.id].marked is not None


def test_a_sentence_longer_than_a_window_is_read() -> None:
    index = one_document("# 長い文\n\n" + "港湾と道路と鉄道と空港の整備、" * 80 + "これらを担うのは国土整備庁である。\n")
    found = PassageReader(index).read(understand("担うのはどの庁ですか。"), [index.passages[0]])
    assert set(found) == {index.passages[0].id}
