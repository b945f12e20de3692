"""What a lookup found, as HTML: the verdict, the places with their differences, the way onwards."""

from rag.html import attribute, text
from rag.html_icons import icon
from rag.html_words import WORDS, Language
from rag.lookup import Found, Lookup, Place
from rag.quote_alignment import Difference
from rag.reference import Places


def found_html(found: Found, lookup: Lookup, places: Places, language: Language) -> str:
    """The panel above the text."""
    words = WORDS[language]
    shown = "".join(_place(p, lookup, places, language) for p in found.places)
    hint = f"<p>{words['found_hint']}</p>" if not found.places else ""
    return (
        f'<div class="verdict {found.kind}"><p>{words[f"found_{found.kind}"]}</p>'
        f'<button type="button" class="quiet bare" data-act="close-found" aria-label="{words["lookup_close"]}">×</button></div>'
        f"{hint}<ul>{shown}</ul>"
    )


def _place(place: Place, lookup: Lookup, places: Places, language: Language) -> str:
    words = WORDS[language]
    document, passage = places[place.passage]
    # Differences from a rendering show it already.
    rendered = language == "en" and passage.rendering and not place.differences
    target = f'data-show data-document="{attribute(place.document)}" data-passage-id="{attribute(place.passage)}" data-start="{place.start}" data-end="{place.end}"'
    before, after = lookup.neighbours(place.passage)
    where = " › ".join((*passage.headings[-1:], place.passage))
    return (
        f'<li class="place"><button type="button" class="near" {target} aria-label="{words["show_place"]}: {attribute(where)}">'
        f'<small lang="{document.language}">{text(where)}</small>'
        f'<span lang="{document.language}">{text(document.text[place.start : place.end])}</span>'
        f"{_rendering(passage.rendering, words) if rendered else ''}</button>"
        f"{_differences(place, words)}"
        f'<div class="steps">{_step("previous", before, words)}{_step("following", after, words)}'
        f'<button type="button" class="tool" data-act="link" data-passage-id="{attribute(place.passage)}">{icon("link")}<span>{words["permalink"]}</span></button>'
        f'<button type="button" class="tool" data-act="about" data-quote="{attribute(passage.text)}"><span>{words["ask_about"]}</span></button></div></li>'
    )


def _rendering(rendering: str, words: dict[str, str]) -> str:
    return f'<span class="rendering" lang="en">{text(rendering)}</span><small>{words["unofficial"]}</small>'


def _step(direction: str, passage: str | None, words: dict[str, str]) -> str:
    label = words[direction]
    if passage is None:
        return f'<button type="button" class="tool" disabled><span>{label}</span></button>'
    return (
        f'<button type="button" class="tool" data-act="step" data-passage-id="{attribute(passage)}"><span>{label}</span></button>'
    )


def _differences(place: Place, words: dict[str, str]) -> str:
    """The quote with what the text has otherwise: struck out what was pasted, underlined what stands."""
    if not place.differences:
        return ""
    return f'<p class="differences"><small>{words["differs"]}</small> {"".join(_difference(d) for d in place.differences)}</p>'


def _difference(part: Difference) -> str:
    if part.same:
        return f"<span>{text(part.text)}</span>"
    return _changed("del", part.given) + _changed("ins", part.text)


def _changed(tag: str, words: str) -> str:
    """Words struck out or underlined, but not the blanks after them."""
    held = words.rstrip()
    return f"<{tag}>{text(held)}</{tag}>{text(words[len(held) :])}" if held else ""
