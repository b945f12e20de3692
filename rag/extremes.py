"""Words that make a claim absolute: the most, only, all. A source that does not say so does not support it."""

import re

from index.normalise import normalise

_ORDINAL = r"(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|[0-9]+(?:nd|rd|th)|next)[- ]"
# What a statement says, and what a source may say instead that amounts to it.
_CLAIMS = (
    (
        "superlative",
        r"(?<!at )\bmost (?!of|recent|likely)\w+|\b(?:largest|biggest|highest|greatest|lowest|smallest|longest|oldest|best|worst|fewest)\b"
        r"|最も|最大|最多|最高|最小|最低|最長|最古|一番(?!目)|首位|トップ|(?<![0-9])第?1位",
        r"\bmost\b|\w{3,}est\b|\b(?:best|worst|record|top|unprecedented)\b|最|一番|首位|トップ|過去に例|(?<![0-9])第?1位",
    ),
    (
        "only",
        r"\b(?:only|solely|exclusively|sole|alone)\b|だけ(?!でなく|ではなく)|のみ(?!ならず)|唯一",
        r"\b(?:only|solely|exclusiv\w+|sole|alone|except\w*|without|none|unique\w*|other than|apart from)\b|だけ|のみ|唯一|限[りっら]|しか|以外|除[きくい]|とどま",
    ),
    (
        "all",
        r"(?<!at )(?<!after )(?<!above )\b(?:all|every|everyone|unanimous(?:ly)?)\b|全て|すべて|全員|全会一致|あらゆる|全面的",
        r"\b(?:all|every\w*|each|both|whole|entire\w*|any|unanimous\w*|total\w*|full\w*|complet\w+)\b|全|各|すべて|それぞれ|いずれも|両[国者名]|みな|皆|あらゆる|完全|総[数員額]",
    ),
)  # fmt: skip
_PATTERNS = [(name, re.compile(said), re.compile(held)) for name, said, held in _CLAIMS]
_AFTER_ORDINAL = re.compile(rf"{_ORDINAL}$")


def unfounded_extreme(statement: str, sources: list[str]) -> str:
    """The kind of absolute claim that a statement makes and no source does; empty where there is none.

    >>> unfounded_extreme("It is the largest port.", ["It is a large port."])
    'superlative'
    >>> unfounded_extreme("It is the sixth largest port.", ["It is sixth among the ports."])
    ''
    """
    said = normalise(statement).text
    held = [normalise(s).text for s in sources]
    for name, claim, ground in _PATTERNS:
        made = [m for m in claim.finditer(said) if not _AFTER_ORDINAL.search(said[: m.start()])]
        if made and not any(ground.search(h) for h in held):
            return name
    return ""
