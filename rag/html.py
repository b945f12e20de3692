"""The frame of the page as HTML: masthead, empty conversation, bar above the text.

Pure functions from data to text: this layer knows nothing of the web framework that shows them.
"""

import re
from collections.abc import Sequence
from html import escape

from rag.html_words import EXAMPLES, WORDS, Language
from source.document import Document

# Characters that reorder what follows them: a text could be made to read as another.
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LANGUAGES: tuple[tuple[Language, str], ...] = (("ja", "日本語"), ("en", "English"))


def text(raw: str) -> str:
    """Any text as HTML, every code point kept, so that offsets still count.

    A control that reorders text stands in a `<bdi>` of its own, where it reorders nothing.
    """
    return _BIDI.sub(r"<bdi>\g<0></bdi>", escape(raw))


def attribute(raw: str) -> str:
    """Any text as the value of an HTML attribute, without controls that reorder text."""
    return escape(_BIDI.sub("", raw))


def masthead(language: Language) -> str:
    """The head of the page: name, language switch, new conversation."""
    words = WORDS[language]
    switches = "".join(
        f'<button type="button" data-event="select" data-language="{code}" lang="{code}"'
        f' aria-pressed="{str(code == language).lower()}">{name}</button>'
        for code, name in _LANGUAGES
    )
    return (
        f'<header class="masthead" lang="{language}" data-shown="{words["shown"]}" data-back="{words["back"]}">'
        '<span class="seal" aria-hidden="true" lang="ja">白<br>書</span>'
        f'<div class="name"><h1>Hakusho</h1><p>{words["tagline"]}</p></div>'
        f'<button type="button" class="quiet" data-event="clear">{words["new"]}</button>'
        f'<div class="switch" role="group" aria-label="{words["switch"]}">{switches}</div></header>'
    )


def empty(documents: Sequence[Document], language: Language) -> str:
    """What stands in the conversation before the first question."""
    words = WORDS[language]
    examples = [q for d in documents for q in EXAMPLES.get(d.id, {}).get(language, ())]
    items = "".join(
        f'<li><button type="button" data-event="submit" data-question="{attribute(q)}">{text(q)}</button></li>' for q in examples
    )
    tried = f'<h3>{words["examples"]}</h3><ul class="examples">{items}</ul>' if items else ""
    return f'<div class="empty" lang="{language}"><h2>{words["empty_title"]}</h2><p>{words["empty_text"]}</p>{tried}</div>'


def bar(documents: Sequence[Document], language: Language) -> str:
    """What stands above the text: which document, its headings, the switch for the rendering."""
    words = WORDS[language]
    rendered = any(d.has_rendering for d in documents)
    pressed = str(language == "en").lower()
    toggle = f'<button type="button" class="quiet" data-toggle="rendering" aria-pressed="{pressed}">{words["rendering"]}</button>'
    notice = f'<p class="notice">{words["notice"]}</p>' if rendered else ""
    return (
        f'<div class="bar" lang="{language}"><div class="row"><h2 class="label">{words["chapter"]}</h2>{_which(documents, words)}'
        f'{toggle if rendered else ""}</div><nav class="outline" aria-label="{words["outline"]}"></nav>{notice}</div>'
    )


def _which(documents: Sequence[Document], words: dict[str, str]) -> str:
    """The title of the only document, or a choice of documents."""
    if len(documents) == 1:
        return f'<span class="title" lang="{documents[0].language}">{text(documents[0].title)}</span>'
    options = "".join(f'<option value="{attribute(d.id)}">{text(d.title)}</option>' for d in documents)
    return f'<select class="title" aria-label="{words["document"]}">{options}</select>'
