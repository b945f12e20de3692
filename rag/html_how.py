"""How an answer was found, as HTML behind a toggle: what was asked for, what was near, what agreed."""

from collections.abc import Mapping

from rag.answer import Answer, Retrieved
from rag.html import attribute, text
from rag.html_words import ASKED_FOR, SIGNALS, WORDS, Language
from rag.reference import Places

_SHOWN = 5
_AGREES = 0.25


def how(answer: Answer, places: Places, language: Language) -> str:
    """The explanation, or nothing where nothing was retrieved."""
    words = WORDS[language]
    if not answer.retrieved:
        return ""
    cited = {c.passage for c in answer.citations}
    rows = "".join(_row(r, cited, places, words) for r in answer.retrieved[:_SHOWN])
    count = sum(passage.duplicate_of is None for _, passage in places.values())
    return (
        f'<details class="how"><summary>{words["how"]}</summary><dl>{_facts(answer, language)}</dl>'
        f"<p>{words['how_searched'].format(count=count)}</p>"
        f'<table><thead><tr><th scope="col">{words["how_place"]}</th><th scope="col">{words["how_score"]}</th>'
        f'<th scope="col">{words["how_used"]}</th></tr></thead><tbody>{rows}</tbody></table></details>'
    )


def _facts(answer: Answer, language: Language) -> str:
    words = WORDS[language]
    facts = {words["how_chance"]: f"{answer.confidence:.0%}"}
    asked = ASKED_FOR[language].get(str(answer.explanation.get("answer_type")))
    if asked:
        facts = {words["how_type"]: asked, **facts}
    signals = answer.explanation.get("signals")
    if isinstance(signals, Mapping):
        agreed = [(v, SIGNALS[language][n]) for n, v in signals.items() if n in SIGNALS[language] and _is_high(v)]
        separator = "、" if language == "ja" else ", "
        facts[words["how_signals"]] = separator.join(name for _, name in sorted(agreed, reverse=True)) or "–"
    return "".join(f"<div><dt>{name}</dt><dd>{text(value)}</dd></div>" for name, value in facts.items())


def _is_high(value: object) -> bool:
    return isinstance(value, int | float) and value >= _AGREES


def _row(retrieved: Retrieved, cited: set[str], places: Places, words: dict[str, str]) -> str:
    score = min(1.0, max(0.0, retrieved.score))
    known = retrieved.passage in places
    quoted = text(places[retrieved.passage][1].text) if known else ""
    used = "✓" if retrieved.passage in cited else "–"
    language = places[retrieved.passage][0].language if known else ""
    return (
        f'<tr><td><button type="button" class="link" data-show data-document="{attribute(retrieved.document)}"'
        f' data-passage-id="{attribute(retrieved.passage)}" data-start="{retrieved.start}" data-end="{retrieved.end}">'
        f'{text(retrieved.passage)}</button> <span class="snippet" lang="{language}">{quoted}</span></td>'
        f'<td><span class="meter" style="--score:{score:.2f}"></span>{score:.2f}</td><td>{used}</td></tr>'
    )
