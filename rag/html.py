"""The frame of the page as HTML: masthead, question box, empty conversation, bar above the text.

Pure functions from data to text: this layer knows nothing of the web framework that shows them.
"""

import re
from collections.abc import Sequence
from html import escape

from rag.html_icons import icon
from rag.html_words import WORDS, Language
from rag.suggest import Topic
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


def menu(label: str, picture: str, items: Sequence[tuple[str, str]]) -> str:
    """A button that opens a short list of others: (their attributes, their label)."""
    buttons = "".join(f'<button type="button" {attributes}>{name}</button>' for attributes, name in items)
    return f'<details class="menu"><summary>{icon(picture)}<span>{label}</span></summary><div class="items">{buttons}</div></details>'


def masthead(language: Language, model: str = "") -> str:
    """The head of the page: name, new conversation, export, theme and language; the model's switch where there is one."""
    words = WORDS[language]
    switches = "".join(
        f'<button type="button" data-act="language" data-language="{code}" lang="{code}"'
        f' aria-pressed="{str(code == language).lower()}">{name}</button>'
        for code, name in _LANGUAGES
    )
    forms = [(f'data-act="export" data-form="{form}"', words[f"export_{form}"]) for form in ("markdown", "json", "html")]
    return (
        f'<header class="masthead" lang="{language}"><a class="skip" href="#text">{words["skip"]}</a>'
        '<span class="seal" aria-hidden="true" lang="ja">白<br>書</span>'
        f'<div class="name"><h1>Hakusho</h1><p>{words["tagline"]}</p></div>'
        f'<button type="button" class="quiet" data-act="new" hidden>{icon("new")}<span>{words["new"]}</span></button>'
        f'<div class="exporting" hidden>{menu(words["export"], "export", forms)}</div>'
        f"{_model_switch(words, model)}"
        f'<button type="button" class="quiet bare" data-act="theme" aria-label="{words["theme"]}" title="{words["theme"]}">{icon("theme")}</button>'
        f'<div class="switch" role="group" aria-label="{words["switch"]}">{switches}</div></header>'
    )


def _model_switch(words: dict[str, str], model: str) -> str:
    """Whether answers are worded by the language model; not there where none is configured."""
    if not model:
        return ""
    return (
        f'<button type="button" class="quiet" data-act="model" aria-pressed="true" title="{attribute(model)}">'
        f"<span>{words['model']}</span></button>"
    )


def question_box() -> str:
    """The question box. It is there before the language is known: page.js puts the words in."""
    return (
        '<form class="composer"><label for="box" class="hidden">質問 / Question</label>'
        '<textarea id="box" rows="1" autocomplete="off" enterkeyhint="send" dir="auto"></textarea>'
        '<button type="submit" id="send">→</button><button type="button" id="stop" data-act="stop" hidden>■</button></form>'
    )


def empty(language: Language) -> str:
    """What stands in the conversation before the first question; examples join it when they are made."""
    words = WORDS[language]
    return (
        f'<div class="empty" lang="{language}"><h2>{words["empty_title"]}</h2><p>{words["empty_text"]}</p>'
        f'<p class="tip">{words["empty_tip"]}</p><p class="onwards"><a class="skip" href="#text">{words["read"]} ↓</a></p>'
        f'<div class="tried"><h3>{words["examples"]}</h3><div class="topics awaited" aria-hidden="true">{"<section></section>" * 3}</div></div></div>'
    )


def examples(topics: Sequence[Topic], language: Language) -> str:
    """Questions to begin with, by topic; empty where the documents suggest none."""
    shown = "".join(
        f'<section><h4 lang="{topic.language}">{text(topic.heading)}</h4>{questions(topic.questions)}</section>'
        for topic in topics
    )
    return f'<h3>{WORDS[language]["examples"]}</h3><div class="topics">{shown}</div>' if shown else ""


def questions(made: Sequence[str]) -> str:
    """Questions that are asked with a click."""
    items = "".join(
        f'<li><button type="button" data-act="ask" data-question="{attribute(q)}">{text(q)}</button></li>' for q in made
    )
    return f'<ul class="examples">{items}</ul>'


def bar(documents: Sequence[Document], language: Language) -> str:
    """What stands above the text: which document, its headings, lookup, the switch for the rendering."""
    words = WORDS[language]
    rendered = any(d.has_rendering for d in documents)
    pressed = str(language == "en").lower()
    toggle = f'<button type="button" class="quiet" data-act="rendering" aria-pressed="{pressed}">{words["rendering"]}</button>'
    notice = f'<p class="notice">{words["notice"]}</p>' if rendered else ""
    return (
        f'<div class="bar" lang="{language}"><div class="row"><h2 class="label">{words["chapter"]}</h2>{_which(documents, words)}'
        f"{toggle if rendered else ''}</div>{_lookup_form(words)}"
        f'<nav class="outline" aria-label="{words["outline"]}"></nav>{notice}'
        f'<div class="found" role="region" aria-label="{words["lookup"]}" aria-live="polite" tabindex="-1" hidden></div></div>'
    )


def _lookup_form(words: dict[str, str]) -> str:
    return (
        f'<form class="lookup" role="search" aria-label="{words["lookup"]}">{icon("find")}'
        f'<input type="search" aria-label="{words["lookup"]}" placeholder="{words["lookup"]}: {words["lookup_hint"]}" autocomplete="off" maxlength="4000">'
        f'<button type="submit" class="quiet">{words["lookup_go"]}</button></form>'
    )


def _which(documents: Sequence[Document], words: dict[str, str]) -> str:
    """The title of the only document, or a choice of documents."""
    if len(documents) == 1:
        return f'<span class="title" lang="{documents[0].language}">{text(documents[0].title)}</span>'
    options = "".join(f'<option value="{attribute(d.id)}">{text(d.title)}</option>' for d in documents)
    return f'<select class="title" aria-label="{words["document"]}">{options}</select>'
