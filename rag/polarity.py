"""What a text denies, and words with an opposite.

A negated word is the one that the denial bears on: *finish* in "did not finish", 開始 in 開始しない.
Opposites and quantifiers come in groups of poles: a statement must not stand at another pole than
its source.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.normalise import normalise

_NEGATION_EN = re.compile(
    r"\b(?:not|never|without|nor|neither|none|nobody|nothing|no(?! (?:later|longer than|more than|less than|fewer than))|hardly|unable to|fail(?:ed|s|ing)? to|refus(?:e|ed|es|ing) to|declin(?:ed|es|ing) to)\b|n't\b|\bcannot\b"
)
_SCOPE_EN = re.compile(
    r"(?:\s+(?:yet|be|been|have|has|a|an|the|to|any|also|either|only|each|so|more|on|[a-z]+ly))*\s+(?P<head>[\w'-]+)(?:\s+(?!(?:and|but|while|or)\b)[\w'-]+){0,5}"
)
_NOT_NEGATION_EN = re.compile(r"\bnot only\b|\bnot just\b|\bnot a few\b|\bnot least\b|\bno doubt\b")
_NEGATION_JA = re.compile(
    r"(?P<word>[一-龠々ァ-ヶー]+|[ぁ-ん]{1,3})(?P<verb>[ぁ-ん]{0,5}?)(?P<neg>なかった|ない|ません|ず(?=に|、|、|コ|[一-龠ァ-ヶ]|$)|なく(?!て(?:は|も)|な)|ぬ(?=[、。]))"
)
_NOT_NEGATION_JA = re.compile(
    r"だけで(?:は)?なく|のみならず|少なく(?:は)?ない|しか(?:い)?な[いくか]|なければならない|なくてはならない|ねばならない|かもしれない|余儀なく|間もなく|まもなく|ほどなく|限りなく|絶え間なく|に違いない|にほかならない|まで(?:も)?なく|でなく(?=て)|間違いない"
)
_PREFIX_JA = re.compile(r"未(?![来満明然亡])[一-龠]{2}|不(?:投票|参加|承認|同意|許可|成立|履行)")
# Words that deny by themselves, so that a denial may stand for them and they for a denial.
_DENYING = re.compile(
    r"\b(?:abstain|abstained|abstention|avoid\w*|except\w*|apart from|other than|bypass\w*|without|lack\w*|refus\w*|reject\w*|fail\w*|postpon\w*|prevent\w*|unable|absence|missing|end(?:ed)? without|short of|against|turn\w* (?:away|down))\b"
    r"|棄権|不投票|不参加|欠席|避け|回避|迂回|除[くきい]|除外|拒[否ん絶]|経由せず|通らず|断[りっ]|失敗|未(?![来満明然亡])[一-龠]|延期|見送|反対|否[定決認]|無投票"
)
# A line is one group, its poles parted by ' / '; English words of five letters and more are beginnings.
_GROUPS = Path(__file__).parent / "opposites.txt"


@dataclass(frozen=True, slots=True)
class Mark:
    """A pole that a word stands at: `group` and `pole` are numbers; the range is of the text as given."""

    group: int
    pole: int
    start: int
    end: int


@lru_cache(maxsize=1)
def _poles() -> list[list[re.Pattern[str]]]:
    lines = _GROUPS.read_text(encoding="utf-8").splitlines()
    return [[_pole(pole) for pole in line.split(" / ")] for line in lines]


def _pole(words: str) -> re.Pattern[str]:
    latin = [w for w in words.split() if w.isascii()]
    other = [w for w in words.split() if not w.isascii()]
    grown = "|".join(w + (r"\w*" if len(w) > 4 else "(?:s|d|ed|ing)?") for w in latin)
    parts = [rf"\b(?:{grown})\b"] if latin else []
    return re.compile("|".join(parts + [re.escape(w) for w in other]))


@lru_cache(maxsize=8192)
def marks(text: str) -> tuple[Mark, ...]:
    """Every word of a text that has an opposite."""
    n = normalise(text)
    found = []
    for group, poles in enumerate(_poles()):
        for number, pattern in enumerate(poles):
            found += [Mark(group, number, *n.original(*m.span())) for m in pattern.finditer(n.text)]
    return tuple(found)


def opposed(statement: str, source: str) -> bool:
    """Whether a word of the statement has its opposite, and not itself, in the source.

    >>> opposed("Exports fell.", "Exports rose."), opposed("Exports grew.", "Exports rose.")
    (True, False)
    """
    # "refused to accept" denies: what is refused is looked at by itself.
    taken = {i for m in _NEGATION_EN.finditer(statement.lower()) for i in range(*m.span())}
    said = {(m.group, m.pole) for m in marks(statement) if m.start not in taken}
    held = {(m.group, m.pole) for m in marks(source)}
    groups = {g for g, _ in held}
    return any(g in groups and (g, p) not in held for g, p in said)


@dataclass(frozen=True, slots=True)
class Denial:
    """The range a denial bears on, in the text as given; `head` is where its first content word begins."""

    start: int
    end: int
    head: int


@lru_cache(maxsize=8192)
def denials(text: str) -> tuple[Denial, ...]:
    """What a text denies.

    >>> text = "He did not finish it."
    >>> [text[d.start : d.end] for d in denials(text)]
    [' finish it']
    """
    n = normalise(text)
    spared = {i for p in (_NOT_NEGATION_EN, _NOT_NEGATION_JA) for m in p.finditer(n.text) for i in range(*m.span())}
    found = []
    for m in _NEGATION_EN.finditer(n.text):
        if m.start() not in spared:
            scope = _SCOPE_EN.match(n.text, m.end())
            if scope:
                found.append(Denial(*n.original(m.end(), scope.end()), n.starts[scope.start("head")]))
    for m in _PREFIX_JA.finditer(n.text):
        found.append(Denial(*n.original(*m.span()), n.starts[m.start() + 1]))
    for m in _NEGATION_JA.finditer(n.text):
        if m.start("neg") not in spared and m.end("neg") - 1 not in spared:
            start, end = n.original(m.start("word"), m.end("verb") or m.end("word"))
            # 値上げは行わない denies the 値上げ: all that is done in the clause.
            start = max(text.rfind(c, 0, start) for c in "、。「」") + 1
            found.append(Denial(start, end, n.starts[m.start("word")]))
    return tuple(found)


def denying_words(text: str) -> list[int]:
    """Where words stand that deny by themselves: abstain, avoid, 棄権, 避ける."""
    n = normalise(text)
    return [n.starts[m.start()] for m in _DENYING.finditer(n.text)]
