"""Normalisation with a map back to the original offsets.

NFKC (Unicode Standard Annex 15) is applied piece by piece, a piece being a character with the
marks that combine with it, so that every character of the result knows which characters of
the original it came from. Variation selectors (辻󠄀 is U+8FBB U+E0100), zero-width and
bidirectional control characters vanish; letters become lower case.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]"
)
_HALF_WIDTH_MARKS = "\uff9e\uff9f"
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－", "-"))


@dataclass(frozen=True, slots=True)
class Normalised:
    """`text` and, for its i-th character, the original range `[starts[i], ends[i])`."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The original range of the normalised range `[start, end)`, which must not be empty."""
        return self.starts[start], self.ends[end - 1]


@lru_cache(maxsize=20000)
def normalise(text: str) -> Normalised:
    """Normalises a text and keeps the map back.

    >>> n = normalise("ﾄﾞｲﾂの辻󠄀")
    >>> n.text, n.original(0, 1)
    ('ドイツの辻', (0, 2))
    """
    if text.isascii():
        return _one_to_one(text.lower())
    if not _joins(text):
        pieces = [_fold(c) for c in text]
        if set(map(len, pieces)) <= {1}:
            return _one_to_one("".join(pieces))
    return _normalise_pieces(text)


def _one_to_one(folded: str) -> Normalised:
    """A result whose every character comes from the one at its place: nearly all texts."""
    return Normalised(folded, tuple(range(len(folded))), tuple(range(1, len(folded) + 1)))


def _joins(text: str) -> bool:
    """Whether any character could belong to the one before it."""
    return bool(_INVISIBLE.search(text)) or any(m in text for m in _HALF_WIDTH_MARKS) or any(map(unicodedata.combining, text))


def _normalise_pieces(text: str) -> Normalised:
    """The general case: a piece is a character with all that combines with it."""
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    i = 0
    while i < len(text):
        j = i + 1
        while j < len(text) and (unicodedata.combining(text[j]) or text[j] in _HALF_WIDTH_MARKS or _INVISIBLE.match(text[j])):
            j += 1
        for c in _fold(text[i:j]):
            out.append(c)
            starts.append(i)
            ends.append(j)
        i = j
    return Normalised("".join(out), tuple(starts), tuple(ends))


@lru_cache(maxsize=8192)
def _fold(piece: str) -> str:
    visible = _INVISIBLE.sub("", piece)
    folded = unicodedata.normalize("NFKC", visible).translate(_DASHES).lower()
    # Lower-casing some letters (İ) leaves a combining mark behind that nobody types.
    return folded if len(folded) <= 1 or not folded[0].isascii() else folded.replace("\u0307", "")


def fold(text: str) -> str:
    """The normalised text alone."""
    return normalise(text).text


_KANA_VARIANTS = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        ("ヴァ", "バ"),
        ("ヴィ", "ビ"),
        ("ヴェ", "ベ"),
        ("ヴォ", "ボ"),
        ("ヴュ", "ビュ"),
        ("ヴ", "ブ"),
        ("ティ", "チ"),
        ("ディ", "ジ"),
        ("テュ", "チュ"),
        ("トゥ", "ツ"),
        ("ドゥ", "ズ"),
        ("フュ", "ヒュ"),
        ("ファ", "ハ"),
        ("フィ", "ヒ"),
        ("フェ", "ヘ"),
        ("フォ", "ホ"),
        ("クァ", "カ"),
        ("クィ", "キ"),
        ("グァ", "ガ"),
        ("ウィ", "ウイ"),
        ("ウェ", "ウエ"),
        ("ウォ", "ウオ"),
        ("シェ", "セ"),
        ("ジェ", "ゼ"),
        ("チェ", "セ"),
        ("ツァ", "サ"),
        ("ヌァ", "ナ"),
        ("ヂ", "ジ"),
        ("ヅ", "ズ"),
        ("ヲ", "オ"),
        ("[ーッ・=]", ""),
        ("ァ", "ア"),
        ("ィ", "イ"),
        ("ゥ", "ウ"),
        ("ェ", "エ"),
        ("ォ", "オ"),
    )
)


def katakana(text: str) -> str:
    """Hiragana as katakana, other characters as they are."""
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in text)


@lru_cache(maxsize=16384)
def kana_skeleton(reading: str) -> str:
    """A kana word without its spelling variants, so that ヴァ/バ, ティ/チ, long vowels and ・ agree.

    >>> kana_skeleton("ヌスポヴァ") == kana_skeleton("ぬすぽば")
    True
    """
    result = katakana(reading)
    for pattern, plain in _KANA_VARIANTS:
        result = pattern.sub(plain, result)
    return result
