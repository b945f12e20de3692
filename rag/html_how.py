"""How an answer was found, as HTML behind a toggle: what was asked for, what was near, what agreed."""

from rag.answer import Answer, Retrieved
from rag.explain import facts
from rag.html import attribute, text
from rag.html_words import WORDS, Language
from rag.reference import Places

_SHOWN = 5


def how(answer: Answer, places: Places, language: Language) -> str:
    """The explanation, or nothing where nothing was retrieved."""
    words = WORDS[language]
    if not answer.retrieved:
        return ""
    cited = {c.passage for c in answer.citations}
    rows = "".join(_row(r, cited, places, language) for r in answer.retrieved[:_SHOWN])
    count = sum(passage.duplicate_of is None for _, passage in places.values())
    told = "".join(f"<div><dt>{name}</dt><dd>{text(value)}</dd></div>" for name, value in facts(answer, language).items())
    return (
        f'<details class="how"><summary>{words["how"]}</summary><dl>{told}</dl>'
        f"<p>{words['how_searched'].format(count=count)}</p>"
        f'<table><thead><tr><th scope="col">{words["how_place"]}</th><th scope="col">{words["how_score"]}</th>'
        f'<th scope="col">{words["how_used"]}</th></tr></thead><tbody>{rows}</tbody></table></details>'
    )


def _row(retrieved: Retrieved, cited: set[str], places: Places, language: Language) -> str:
    score = min(1.0, max(0.0, retrieved.score))
    used = "✓" if retrieved.passage in cited else "–"
    return (
        f'<tr><td><button type="button" class="link" data-show data-document="{attribute(retrieved.document)}"'
        f' data-passage-id="{attribute(retrieved.passage)}" data-start="{retrieved.start}" data-end="{retrieved.end}">'
        f"{text(retrieved.passage)}</button> {_snippet(retrieved.passage, places, language)}</td>"
        f'<td><span class="meter" style="--score:{score:.2f}"></span>{score:.2f}</td><td>{used}</td></tr>'
    )


def _snippet(passage_id: str, places: Places, language: Language) -> str:
    """What the passage says, in the reader's language where it has a rendering."""
    if passage_id not in places:
        return ""
    document, passage = places[passage_id]
    rendered = language == "en" and bool(passage.rendering)
    words = passage.rendering if rendered else passage.text
    return f'<span class="snippet" lang="{"en" if rendered else document.language}">{text(words)}</span>'
