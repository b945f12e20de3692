"""Text → terms, in three fields: words, character n-grams and concepts.

Words come from Sudachi (Takaoka et al. 2018) in modes A and C, in normalised spelling, without
function words; English words are stemmed (Porter 2, snowballstemmer). N-grams are character
bigrams and single kanji, a run of digits counting as one character so that 12月 is not 2月.
Concepts are Sudachi's synonym groups and the lexicon's entries: 外相 and 外務大臣 share one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from threading import Lock

import snowballstemmer
from sudachipy import Dictionary, Morpheme, SplitMode

from index.lexicon import Lexicon, SequenceMatcher, default_lexicon
from index.mentions import Mention, times_and_places
from index.normalise import normalise

TOKENISER_VERSION = "2"
FIELDS = ("word", "gram", "concept", "english")

_PIECE = 12_000
_CONTENT = {"名詞", "動詞", "形容詞", "形状詞", "副詞", "接尾辞", "接頭辞", "記号"}
_STOP_JA = frozenset(
    """
    為る 有る 居る 成る 事 物 下さる 言う 教える 知る 出来る 行う 何 誰 何処 何時 何れ 其れ 此れ 様 為 方 者 所 ため こと もの 年間 人 的 等 際 内 中 後 前 上 下 間 第 お 御 について
    於く 因る 対する 関する 付く 説明 質問 答える おく 年 月 日 回 時 とき どの その この あの
    """.split()
)
_STOP_EN = frozenset(
    """
    a an the of in on at to for from by with about into over under as is are was were be been being do does did
    done has have had having it its this that these those there here what which who whom whose when where why how
    and or but not no if than then can could will would shall should may might must i you he she they we me him
    her them us my your his their our any some please tell say said says according chapter document text s t
    """.split()
)
_ENGLISH_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+(?:[.,][0-9]+)*")
_GRAM_UNIT = re.compile(r"[0-9]+|[a-z]+|[぀-ヿ々〆一-鿿㐀-䶿\U00020000-\U0002ffff]")
_KANJI = re.compile(r"[々〆一-鿿㐀-䶿\U00020000-\U0002ffff]")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_JAPANESE = re.compile(r"[぀-ヿ一-鿿]")


@dataclass(frozen=True, slots=True)
class Token:
    """A content word: its normalised term and where it stands in the original text."""

    term: str
    surface: str
    start: int
    end: int
    pos: tuple[str, ...]
    reading: str
    concepts: tuple[str, ...]


class Tokeniser:
    """Sudachi with the core dictionary, and a lexicon. One per process: loading takes 0.1 s."""

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        """Without a lexicon it takes the shipped one; `Lexicon()` is an empty one."""
        self.lexicon = lexicon if lexicon is not None else default_lexicon()
        dictionary = Dictionary(dict="core")
        self._sudachi = dictionary.tokenizer(mode=SplitMode.C)
        self._lock = Lock()
        self._analysed = lru_cache(maxsize=8192)(self._analyse)
        self._cached_concepts = lru_cache(maxsize=8192)(self._concepts)
        self._cached_words = lru_cache(maxsize=8192)(self._words)
        self._cached_fields = lru_cache(maxsize=8192)(self._fields)

    def tokens(self, text: str) -> tuple[Token, ...]:
        """The morphemes of a text (mode C), function words included, with original offsets."""
        return self._analysed(text)[0]

    def short_units(self, text: str) -> tuple[Token, ...]:
        """The morphemes of a text in mode A, function words included, with original offsets."""
        return self._analysed(text)[1]

    def words(self, text: str) -> tuple[Token, ...]:
        """The content words in modes A and C; a word that both give stands once."""
        return self._cached_words(text)

    def fields(self, text: str) -> dict[str, tuple[str, ...]]:
        """The terms of a text by field, with repetitions. The dict must not be changed."""
        return self._cached_fields(text)

    def concepts(self, text: str) -> tuple[str, ...]:
        """Concept ids of a text: Sudachi's synonym groups, the lexicon's entries, countries and months."""
        return self._cached_concepts(text)

    def _concepts(self, text: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(m.concept for m in self.mentions(text)))

    def mentions(self, text: str) -> list[Mention]:
        """Every place where a text names one of its concepts."""
        groups = [Mention(c, t.start, t.end) for t in self.words(text) for c in t.concepts]
        terms = self._short_terms(text)
        found = self._matcher.find([term for term, _, _ in terms])
        entries = [Mention(concept, terms[first][1], terms[after - 1][2]) for first, after, concept in found]
        return groups + entries + times_and_places(text)

    def short_terms(self, text: str) -> list[str]:
        """The content words in mode A, or the stems of an English text: what phrases match on."""
        return [term for term, _, _ in self._short_terms(text)]

    def _short_terms(self, text: str) -> list[tuple[str, int, int]]:
        if not _JAPANESE.search(text):
            n = normalise(text)
            return [(stem, *n.original(start, end)) for stem, start, end in _english_words(n.text)]
        return [(t.term, t.start, t.end) for t in self._analysed(text)[1] if is_content(t)]

    @cached_property
    def _matcher(self) -> SequenceMatcher:
        phrases = ((phrase, f"l:{entry.term}") for entry in self.lexicon.entries for phrase in entry.phrases)
        return SequenceMatcher(phrases, self.short_terms)

    def _words(self, text: str) -> tuple[Token, ...]:
        long = list(self.tokens(text))
        spans = {(t.start, t.end) for t in long}
        parts = [t for t in self._analysed(text)[1] if (t.start, t.end) not in spans]
        return tuple(t for t in sorted(long + parts, key=lambda t: (t.start, -t.end)) if is_content(t))

    def _fields(self, text: str) -> dict[str, tuple[str, ...]]:
        folded = normalise(text).text
        return {
            "word": tuple(t.term for t in self.words(text)) + tuple(_numbers_with_counter(folded)),
            "gram": tuple(_grams(folded)),
            "concept": self.concepts(text),
            "english": tuple(english_terms(folded)),
        }

    def _analyse(self, text: str) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
        """The morphemes in mode C and in mode A, which are the former or parts of them: one analysis gives both."""
        n = normalise(text)
        long: list[Token] = []
        short: list[Token] = []
        # A Sudachi tokeniser serves one thread at a time, and takes 49,149 bytes at most.
        with self._lock:
            for at in range(0, len(n.text), _PIECE):
                for m in self._sudachi.tokenize(n.text[at : at + _PIECE]):
                    if m.begin() < m.end():
                        long.append(_token(m, n.original(at + m.begin(), at + m.end())))
                        parts = [p for p in m.split(SplitMode.A, add_single=False) if p.begin() < p.end()]
                        short += [_token(p, n.original(at + p.begin(), at + p.end())) for p in parts] or long[-1:]
        return tuple(long), tuple(short)


def _token(m: Morpheme, span: tuple[int, int]) -> Token:
    return Token(
        m.normalized_form().lower(),
        m.surface(),
        *span,
        tuple(m.part_of_speech()),
        m.reading_form(),
        tuple(f"s{g}" for g in m.synonym_group_ids()),
    )


def is_content(token: Token) -> bool:
    """Whether a token carries meaning by itself: no particle, pronoun, numeral word or filler."""
    if token.pos[0] not in _CONTENT or token.term in _STOP_JA or token.surface in _STOP_EN:
        return False
    return bool(token.term.strip()) and not (token.pos[1] == "数詞" and not _NUMBER.fullmatch(token.term))


def _numbers_with_counter(folded: str) -> Iterator[str]:
    """Numbers with their counter as one term: 2024年, 第15回, 5か国."""
    for m in re.finditer(
        r"(第)?([0-9]+(?:[.,][0-9]+)*)(年代|年|月|日|回|か国|カ国|ヶ国|人|名|%|億|万|兆|周年|世紀|度|円|本)", folded
    ):
        yield m[0]


def _grams(folded: str) -> Iterator[str]:
    units = [(m[0], m.start(), m.end()) for m in _GRAM_UNIT.finditer(folded)]
    for i, (unit, _, end) in enumerate(units):
        if _KANJI.fullmatch(unit):
            yield unit
        if i + 1 < len(units) and units[i + 1][1] == end:
            yield unit + units[i + 1][0]


@lru_cache(maxsize=1)
def _stemmer() -> object:
    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=20000)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))  # type: ignore[attr-defined]


def english_terms(folded: str) -> Iterator[str]:
    """Stems of the English words and the numbers of a folded text, stop words left out."""
    return (stem for stem, _, _ in _english_words(folded))


def _english_words(folded: str) -> Iterator[tuple[str, int, int]]:
    """The stems with where their words stand in the folded text."""
    for m in _ENGLISH_WORD.finditer(folded):
        bare = m[0].removesuffix("'s")
        if bare not in _STOP_EN:
            yield _stem(bare), m.start(), m.start() + len(bare)


def language_of(text: str) -> str:
    """`ja` where a text holds any kana or kanji, else `en`."""
    return "ja" if _JAPANESE.search(normalise(text).text) else "en"


@lru_cache(maxsize=1)
def default_tokeniser() -> Tokeniser:
    """The tokeniser of this process, made at first use."""
    return Tokeniser()
