"""Yes or no: affirmed or denied only where the sentence settles it."""

import pytest

from index.embedding import StaticModel, shipped_static
from index.local import LocalIndex, build_index
from index.tokenise import default_tokeniser
from rag.question import understand
from rag.yes_no import YesNo
from source.parse import parse

_TEXT = """# 記録

6月、会合が札幌で開かれた。

日本は同地域を国家として承認していない。

港の拡張の提案は議会で否決された。

英国は投票に3名を派遣した。
"""


@pytest.fixture(scope="module")
def index() -> LocalIndex:
    return build_index([parse(_TEXT, "records")], StaticModel(shipped_static()), default_tokeniser())


@pytest.mark.parametrize(
    ("question", "row", "settled"),
    [
        ("会合は6月に札幌で開かれましたか。", 0, "yes"),
        ("会合は7月に札幌で開かれましたか。", 0, "no"),
        ("日本は同地域を国家として承認しましたか。", 1, "no"),
        ("港の拡張は議会で提案されましたか。", 2, ""),
        ("英国は投票に3名を派遣しましたか。", 3, "yes"),
        ("フランスは投票に3名を派遣しましたか。", 3, "no"),
        ("英国はすべての投票に3名を派遣しましたか。", 3, ""),
        ("会合は何月に開かれましたか。", 0, ""),
        ("Was the meeting held in June?", 0, ""),
    ],
)
def test_only_what_the_sentence_settles_is_said(index: LocalIndex, question: str, row: int, settled: str) -> None:
    passages = [p for p in index.passages if p.kind != "heading"]
    assert YesNo(index).settle(understand(question), passages[row]) == settled
