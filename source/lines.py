"""What each line of a text is: body, heading, caption, footnote or site navigation.

The rules look at form and position only, never at a particular document's words.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Literal

from source.document import Span
from source.sentences import ends_like_sentence

LineKind = Literal["body", "heading", "caption", "footnote", "navigation"]

_DIGITS = r"[0-9０-９一二三四五六七八九十百]+"
# Heading numbers from the widest to the narrowest; the position is the level.
_LEVELS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^第{_DIGITS}(?:部|編)(?!\S*[をがはにの])",
        rf"^(?:第{_DIGITS}章|Chapter\s+(?:[0-9]+|[IVXLC]+)\b|序章|終章)",
        rf"^(?:第{_DIGITS}節|Section\s+(?:[0-9]+|[IVXLC]+)\b)",
        rf"^第{_DIGITS}(?:項|款|目)",
        r"^[0-9０-９]{1,2}(?:[.．](?![0-9０-９])|[\s　])[\s　]*(?=\S)",
        r"^[0-9０-９]{1,2}(?:[.．][0-9０-９]{1,2})+[.．]?[\s　]*(?=\S)",
        r"^[(（][0-9０-９]{1,2}[)）]",
        r"^(?:[(（][ア-ンa-z][)）]|[ア-ン][\s　])",
        r"^[①-⑳]",
    )
)
# A bare number that counts something or dates it, or opens a clause: no heading's number.
_QUANTITY = re.compile(
    r"^[0-9０-９]{1,2}[\s　]+(?:[a-z]|(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
    r"|[万億兆千百]|[年月日人名円%％]|\S*[はがを])"
)
_MARKDOWN = re.compile(r"^(#{1,6})\s+\S")
_UNNUMBERED = len(_LEVELS)
_BARE_NUMBER = 4
_FOOTNOTE = re.compile(r"^(?:[(（\[［]|注|※|\*)\s*(?:注)?\s*([0-9０-９]{1,3})\s*[)）\]］]?[\s　:：]*(?=\S)")
NOTE_MARK = re.compile(r"(?<=\S)(?:[(（\[［]注?([0-9０-９]{1,3})[)）\]］]|(?:※|\*|注)([0-9０-９]{1,3}))")
_TARGETS = r"(?:ページ|頁|トップ|先頭|最初|上|前|目次|索引|一覧|ホーム|メニュー|サイト|本文|検索|白書|青書|提言|報告書|資料)"
_NAVIGATION = re.compile(
    r"^(?:[<＜«◀▲△↑\s　]*)(?:"
    rf"[^はがをで0-9０-９。、]{{0,20}}{_TARGETS}(?:の{_TARGETS})?(?:へ|に)?(?:戻る|移動)"
    r"|(?:次|前)の(?:ページ|頁|章|節|項)へ?|目次へ?|(?:サイト)?トップ(?:ページ)?へ?|ホームへ?|印刷(?:する)?|閉じる|本文へ(?:移動|スキップ)?"
    r"|(?:back|return) to (?:the )?(?:top|home|contents|index|menu|start|main|previous|list)(?: of (?:this |the )?page| page)?"
    r"|top of (?:this )?page|skip to (?:main )?content|next page|previous page|home|print"
    r")[>＞»▶\s　]*$",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"©|（?写真[:：提]|^(?:図表?|表|写真|資料|Figure|Fig\.|Table|Photo)[\s　]*[0-9０-９一-九-－:：]"
    r"|[(（][^()（）]{0,20}[0-9０-９]{1,2}日[^()（）]{0,20}[)）]$"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One non-blank line: where it stands, what it is and, for a heading, how deep."""

    span: Span
    text: str
    block: int
    kind: LineKind = "body"
    level: int = 0
    label: str = ""


def read_lines(text: str) -> list[Line]:
    """The non-blank lines of a text, trimmed, numbered by block (blank lines divide blocks)."""
    lines: list[Line] = []
    block, position, fresh = -1, 0, True
    for raw in text.splitlines(keepends=True):
        body = raw.strip("\ufeff \t\r\n\v\f\u3000\x1c\x1d\x1e\x85\u2028\u2029")
        if not body:
            fresh = True
        else:
            block += fresh
            fresh = False
            start = position + raw.index(body)
            lines.append(Line(Span(start, start + len(body)), body, block))
        position += len(raw)
    return lines


def classify(text: str) -> list[Line]:
    """Reads the lines of a text and says what each is."""
    lines = read_lines(text)
    marks = Counter(_inline_marks(lines))
    lines = _block_starts([_by_form(line, marks) for line in lines])
    lines = _front_matter(lines)
    lines = _repeated_captions(lines)
    return _list_items(_headings_without_number(lines))


def _inline_marks(lines: list[Line]) -> list[str]:
    """Labels of note marks such as (6) that stand inside running text."""
    return [_digits(m[1] or m[2]) for line in lines for m in NOTE_MARK.finditer(line.text)]


def _digits(label: str) -> str:
    return str(int(label))


def _by_form(line: Line, marks: Counter[str]) -> Line:
    """What the line is by its own form."""
    note = _FOOTNOTE.match(line.text)
    if note and marks[_digits(note[1])]:
        return replace(line, kind="footnote", label=_digits(note[1]))
    if _NAVIGATION.match(line.text) and not ends_like_sentence(line.text):
        return replace(line, kind="navigation")
    if hashes := _MARKDOWN.match(line.text):
        return replace(line, kind="heading", level=len(hashes[1]) - 1)
    if ends_like_sentence(line.text) or len(line.text) > 60:
        return line
    if _CAPTION.search(line.text):
        return replace(line, kind="caption")
    for level, pattern in enumerate(_LEVELS):
        if pattern.match(line.text) and not _QUANTITY.match(line.text):
            return replace(line, kind="heading", level=level)
    return line


def _block_starts(lines: list[Line]) -> list[Line]:
    """A bare number inside a block, after an unfinished line, is part of wrapped prose."""
    settled = list(lines)
    for i in range(1, len(lines)):
        line, before = lines[i], lines[i - 1]
        wrapped = line.block == before.block and before.kind == "body" and not ends_like_sentence(before.text)
        if line.kind == "heading" and line.level == _BARE_NUMBER and wrapped:
            settled[i] = replace(line, kind="body")
    return settled


def _front_matter(lines: list[Line]) -> list[Line]:
    """Breadcrumbs: what is repeated before the first sentence is navigation, its last copy a heading."""
    first_body = next((i for i, line in enumerate(lines) if ends_like_sentence(line.text)), len(lines))
    front = Counter(line.text for line in lines[:first_body])
    last = {line.text: i for i, line in enumerate(lines[:first_body])}
    if not any(line.kind == "heading" for line in lines[:first_body]):
        return lines  # lines repeated before any sentence are a table or a list, not breadcrumbs

    def settle(i: int, line: Line) -> Line:
        repeated = i < first_body and front[line.text] > 1
        site_name = repeated and line.kind != "heading"
        return replace(line, kind="navigation") if repeated and (site_name or last[line.text] != i) else line

    return _site_name([settle(i, line) for i, line in enumerate(lines)])


def _site_name(lines: list[Line]) -> list[Line]:
    """A first line without number, above a numbered heading, is the title.

    Where a navigation line further down leads back to it (「…・白書へ戻る」) it is the site's
    name, and navigation itself.
    """
    if len(lines) < 2 or lines[0].kind != "body" or ends_like_sentence(lines[0].text):
        return lines
    if lines[1].kind != "heading":
        return lines
    title = lines[0].text
    back = (line.text for line in lines if line.kind == "navigation")
    named = any(text[i : i + 4] in title for text in back for i in range(max(1, len(text) - 3)))
    first = replace(lines[0], kind="navigation") if named else replace(lines[0], kind="heading", level=-1)
    return [first, *lines[1:]]


def _repeated_captions(lines: list[Line]) -> list[Line]:
    """A line without a sentence end that is printed twice in a row is a caption."""
    settled = list(lines)
    for i in range(len(lines) - 1):
        a, b = lines[i], lines[i + 1]
        if a.text == b.text and a.kind in ("body", "caption") and not ends_like_sentence(a.text):
            settled[i], settled[i + 1] = replace(a, kind="caption"), replace(b, kind="caption")
    return settled


def _headings_without_number(lines: list[Line]) -> list[Line]:
    """A short line alone in its block, before a block of sentences, is a heading."""
    size = Counter(line.block for line in lines)
    prose = {line.block for line in lines if line.kind == "body" and ends_like_sentence(line.text)}
    settled = list(lines)
    for i, line in enumerate(lines[:-1]):
        following = lines[i + 1]
        alone = size[line.block] == 1 and line.kind == "body"
        limit = 30 if re.search(r"[぀-ヿ一-鿿]", line.text) else 80
        short = len(line.text) <= limit and not re.search(r"[、。,;；]|^[・•\-*]", line.text)
        leads = following.kind == "body" and following.block in prose
        if alone and short and leads and not ends_like_sentence(line.text):
            settled[i] = replace(line, kind="heading", level=_UNNUMBERED)
    return settled


def _list_items(lines: list[Line]) -> list[Line]:
    """A numbered line with nothing of its own under it is an item of a list: text, not a heading."""
    settled = list(lines)
    for i, line in enumerate(lines):
        following = lines[i + 1] if i + 1 < len(lines) else None
        empty = following is None or (
            following.kind == "heading" and following.block == line.block and following.level == line.level
        )
        closes = i > 0 and settled[i - 1].kind == "body" and settled[i - 1].block == line.block
        if line.kind == "heading" and (empty or (closes and lines[i - 1].level == line.level)):
            settled[i] = replace(line, kind="body")
    return settled
