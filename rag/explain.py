"""How an answer was found, as facts with their names: the same for the page and for a terminal."""

from collections.abc import Iterator, Mapping

from rag.answer import Answer, Expansion
from rag.html_words import ASKED_FOR, EXPANDED_BY, SIGNALS, WORDS, Language

_AGREES = 0.25
_MOST_SIGNALS = 5
RERANKER = "reranker"


def facts(answer: Answer, language: Language) -> dict[str, str]:
    """What was asked for, how likely an answer is, what agreed, and which words met others of their meaning."""
    return dict(_facts(answer, language))


def _facts(answer: Answer, language: Language) -> Iterator[tuple[str, str]]:
    words, separator = WORDS[language], "、" if language == "ja" else ", "
    asked = ASKED_FOR[language].get(str(answer.explanation.get("answer_type")))
    if asked:
        yield words["how_type"], asked
    yield words["how_chance"], f"{answer.confidence:.0%}"
    signals = answer.explanation.get("signals")
    if isinstance(signals, Mapping):
        agreed = [n for n, v in signals.items() if n in SIGNALS[language] and _is_high(v)]
        # The reranker is somebody's choice: it is told first.
        agreed.sort(key=lambda n: (n == RERANKER, signals[n]), reverse=True)
        yield words["how_signals"], separator.join(SIGNALS[language][n] for n in agreed[:_MOST_SIGNALS]) or "–"
    if answer.expansions:
        yield words["how_expanded"], separator.join(_expansion(e, language) for e in answer.expansions)


def _expansion(expansion: Expansion, language: Language) -> str:
    by = ("・" if language == "ja" else ", ").join(EXPANDED_BY[language][s] for s in expansion.sources)
    return f"{expansion.word} → {expansion.matched} ({by})"


def _is_high(value: object) -> bool:
    return isinstance(value, int | float) and value >= _AGREES
