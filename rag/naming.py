"""Whether two spellings may name the same: サイードフ and Saidov, 田代(タシロ) and Tashiro.

Names are compared by their consonants, in which transliterations agree far better than in vowels.
"""

import re
import unicodedata
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from index.normalise import katakana

_ROWS = {
    "アイウエオ": "", "カキクケコ": "k", "ガギグゲゴ": "g", "サシスセソ": "s", "ザジズゼゾ": "z", "タチツテト": "t",
    "ダヂヅデド": "d", "ナニヌネノ": "n", "ハヒヘホ": "h", "フ": "f", "バビブベボ": "b", "パピプペポ": "p", "マミムメモ": "m",
    "ラリルレロ": "r", "ワ": "w", "ヴ": "b", "ン": "n",
}  # fmt: skip
_CONSONANT = {c: consonant for row, consonant in _ROWS.items() for c in row}
# What katakana cannot tell apart counts as one: l and r, v and b, th and s.
_FOLDED = (
    ("tch", "t"), ("shch", "s"), ("sch", "s"), ("sh", "s"), ("ch", "t"), ("kh", "h"), ("zh", "z"), ("ph", "f"), ("th", "s"), ("ts", "t"),
    ("ck", "k"), ("dj", "z"), ("gh", "g"), ("qu", "k"), ("q", "k"), ("c", "k"), ("x", "ks"), ("l", "r"), ("v", "b"), ("j", "z"), ("y", ""),
)  # fmt: skip
_SMALL = 2
_NEAR = 0.78
_SAME_SCRIPT = 0.8


@lru_cache(maxsize=16384)
def consonants(name: str) -> str:
    """The consonants of a name in kana or Latin letters.

    >>> consonants("サイードフ"), consonants("Saidov")
    ('sdf', 'sdb')
    """
    kana = katakana(name)
    if any(c in _CONSONANT for c in kana):
        return _plain("".join(_CONSONANT.get(c, "") for c in kana))
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    for written, heard in _FOLDED:
        plain = plain.replace(written, heard)
    return _plain(re.sub(r"[^a-z]|[aeiou]", "", plain))


def _plain(heard: str) -> str:
    """Doubled consonants once; n before m, b and p is heard as m: ザンミット, Zammit."""
    return re.sub(r"(.)\1+", r"\1", re.sub(r"n(?=[mbp])", "m", heard))


def sounds_like(kana: str, latin: str) -> bool:
    """Whether a Latin name may be the kana one.

    >>> sounds_like("ヌルバエヴァ", "Nurbayeva"), sounds_like("ヌルベク", "Nurbayeva")
    (True, False)
    """
    heard, written = (_blurred(n) for n in (kana, latin))
    if not heard or not written:
        return False
    if min(len(heard), len(written)) < _SMALL:
        return heard == written and abs(len(kana) - len(latin) / 2) < _SMALL
    return Levenshtein.normalized_similarity(heard, written) >= _NEAR and (heard[0] == written[0])


def _blurred(name: str) -> str:
    """The consonants without those that one script hears and the other does not."""
    return re.sub(r"(.)\1+", r"\1", re.sub("w|(?<!^)h", "", consonants(name)).replace("f", "b"))


def spelt_alike(one: str, other: str) -> bool:
    """Whether two Latin spellings are variants of one name, as Nuspova and Nusupova are."""
    one, other = one.lower(), other.lower()
    if one == other:
        return True
    if min(len(one), len(other)) < 5 or one[:2] != other[:2] or re.findall(r"[0-9]+", one) != re.findall(r"[0-9]+", other):
        return False
    alike = Levenshtein.normalized_similarity(one, other) >= _SAME_SCRIPT
    return alike and Levenshtein.normalized_similarity(consonants(one), consonants(other)) >= _SAME_SCRIPT
