"""What the reader sees of a text: one row of numbers per Sudachi token (mode A).

Training and run time share this module; it needs no torch. Identity features are 32-bit
CRCs, so that a name nobody has seen before still matches itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sudachipy import Dictionary, Morpheme, SplitMode
from sudachipy import Tokenizer as SudachiTokenizer

from index.normalise import normalise
from index.reader_words import Ints, Vocabulary, crc

# Columns of a token's row.
SURFACE, WORD, GROUP, GROUP2, ROW, POS, FIRST, LAST, SHAPE, TUNED, IDF, CONTENT = range(12)
COLUMNS = 12
SHAPES = (
    r"[ぁ-ゖー]+",
    r"[ァ-ヺー・]+",
    r"[一-鿿々]+",
    r"[0-9]+",
    r"[a-z]+",
    r"[「『(【〈《]",
    r"[」』)】〉》]",
)
_SHAPES = tuple(re.compile(shape) for shape in SHAPES)
_CONTENT = {"名詞", "動詞", "形容詞", "形状詞", "副詞", "接尾辞", "接頭辞", "記号"}
_EMPTY = frozenset(
    [
        "為る",
        "有る",
        "居る",
        "成る",
        "事",
        "物",
        "言う",
        "出来る",
        "何",
        "誰",
        "何処",
        "何時",
        "何れ",
        "様",
        "為",
        "どの",
        "どんな",
    ]
)


@dataclass(frozen=True)
class Tokens:
    """A text's tokens: rows of numbers, shape (n, COLUMNS), and spans in the text given."""

    rows: Ints
    spans: tuple[tuple[int, int], ...]

    def slice(self, start: int, end: int) -> "Tokens":
        """The tokens `[start, end)`."""
        return Tokens(self.rows[start:end], self.spans[start:end])


@dataclass(frozen=True)
class Word:
    """A morpheme before it is turned into numbers."""

    surface: str
    normal: str
    plain: str
    part: str
    groups: tuple[int, ...]
    span: tuple[int, int]


class Analyser:
    """Sudachi in mode A over the normalised text, with offsets in the text given."""

    @cached_property
    def _sudachi(self) -> SudachiTokenizer:
        return Dictionary(dict="core").tokenizer(mode=SplitMode.A)

    def words(self, text: str) -> list[Word]:
        """The morphemes of a text, blanks left out."""
        n = normalise(text)
        found = self._sudachi.tokenize(n.text) if n.text.strip() else ()
        return [
            _word(m, n.original(m.begin(), m.end())) for m in found if m.begin() < m.end() and n.text[m.begin() : m.end()].strip()
        ]


def is_content(word: Word) -> bool:
    """Whether a word carries meaning by itself."""
    return word.part.split("-")[0] in _CONTENT and word.normal not in _EMPTY


def _word(m: Morpheme, span: tuple[int, int]) -> Word:
    parts = m.part_of_speech()
    groups = tuple(m.synonym_group_ids()[:2])
    return Word(
        m.surface(),
        m.normalized_form().lower(),
        m.dictionary_form(),
        f"{parts[0]}-{parts[1]}",
        groups,
        span,
    )


def encode(words: Sequence[Word], vocabulary: Vocabulary) -> Tokens:
    """Rows of numbers for words."""
    rows = np.zeros((len(words), COLUMNS), dtype=np.int64)
    normal = np.array([crc(w.normal) for w in words], dtype=np.int64)
    if len(words):
        rows[:, WORD] = normal
        rows[:, SURFACE] = [crc(w.surface) for w in words]
        rows[:, GROUP], rows[:, GROUP2] = zip(*(_two(w.groups) for w in words), strict=True)
        rows[:, ROW] = _vector_rows(words, normal, vocabulary)
        rows[:, TUNED] = vocabulary.tuned.find(normal)
        idf = vocabulary.idf.find(normal)
        rows[:, IDF] = np.where(idf == 0, 1000, idf)
        rows[:, POS:TUNED] = [_looks(w, vocabulary) for w in words]
        rows[:, CONTENT] = [is_content(w) for w in words]
    return Tokens(rows, tuple(w.span for w in words))


def _vector_rows(words: Sequence[Word], normal: Ints, vocabulary: Vocabulary) -> Ints:
    """Rows by normalised spelling (what chiVe was trained on), then dictionary form, then surface."""
    found = vocabulary.rows.find(normal)
    for other in ([crc(w.plain) for w in words], [crc(w.surface) for w in words]):
        found = np.where(found == 0, vocabulary.rows.find(np.array(other, dtype=np.int64)), found)
    return found


def _two(groups: tuple[int, ...]) -> tuple[int, int]:
    return ((*groups, 0, 0))[0], ((*groups, 0, 0))[1]


def _looks(word: Word, vocabulary: Vocabulary) -> tuple[int, int, int, int]:
    """Part of speech, first and last character, kind of writing."""
    shape = next((i for i, s in enumerate(_SHAPES, start=1) if s.fullmatch(word.surface)), len(SHAPES) + 1)
    get = vocabulary.characters.get
    return (
        vocabulary.parts.get(word.part, 0),
        get(word.surface[0], 1),
        get(word.surface[-1], 1),
        shape,
    )
