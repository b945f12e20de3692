"""Normalisation keeps the way back to the original characters."""

import random

import pytest

from index.normalise import fold, kana_skeleton, normalise


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ﾄﾙｸﾒﾆｽﾀﾝ", "トルクメニスタン"),
        ("ｶﾞｷﾞｸﾞ", "ガギグ"),
        ("辻\U000e0100外務副大臣", "辻外務副大臣"),
        ("ＣＯＰ２９", "cop29"),
        ("㈱①", "(株)1"),
        ("か\u3099", "が"),
        ("a\u200bb\u202ec", "abc"),
    ],
)
def test_forms(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_offsets_lead_back() -> None:
    text = "x辻\U000e0100のｶﾞ㈱"
    n = normalise(text)
    at = n.text.index("辻")
    assert text[slice(*n.original(at, at + 1))] == "辻\U000e0100"
    at = n.text.index("ガ")
    assert text[slice(*n.original(at, at + 1))] == "ｶﾞ"
    at = n.text.index("株")
    assert text[slice(*n.original(at, at + 1))] == "㈱"


def test_random_texts_keep_the_map_in_order() -> None:
    rng = random.Random(0)
    alphabet = "aＡ辻\U000e0100ｶﾞﾊﾟ㈱か\u3099İß\u200b。日本"
    for _ in range(300):
        text = "".join(rng.choices(alphabet, k=rng.randint(0, 20)))
        n = normalise(text)
        assert len(n.text) == len(n.starts) == len(n.ends)
        assert list(n.starts) == sorted(n.starts)
        assert all(0 <= a < b <= len(text) for a, b in zip(n.starts, n.ends, strict=True))


def test_kana_spelling_variants_agree() -> None:
    assert kana_skeleton("グルマノヴァ") == kana_skeleton("ぐるまのば")
    assert kana_skeleton("アルマ・アタ") == kana_skeleton("アルマアタ")
    assert kana_skeleton("タジキスタン") != kana_skeleton("カザフスタン")
