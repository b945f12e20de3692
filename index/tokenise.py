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
from sudachipy import Tokenizer as SudachiTokenizer

from index.entities import countries_of_cities, find_entities
from index.lexicon import Lexicon, SequenceMatcher, default_lexicon
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
    """Sudachi with the core dictionary, and the lexicon. One per process: loading takes 0.1 s."""

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self._lexicon = lexicon if lexicon is not None else default_lexicon()
        dictionary = Dictionary(dict="core")
        self._long, self._short = (dictionary.tokenizer(mode=mode) for mode in (SplitMode.C, SplitMode.A))
        self._lock = Lock()
        self._cached_tokens = lru_cache(maxsize=8192)(lambda text: tuple(self._analyse(text, self._long)))
        self._cached_concepts = lru_cache(maxsize=8192)(self._concepts)
        self._cached_words = lru_cache(maxsize=8192)(self._words)
        self._cached_fields = lru_cache(maxsize=8192)(self._fields)

    def tokens(self, text: str) -> tuple[Token, ...]:
        """The morphemes of a text (mode C), function words included, with original offsets."""
        return self._cached_tokens(text)

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
        groups = [c for t in self.words(text) for c in t.concepts]
        found = [c for _, _, c in self._matcher.find(self.short_terms(text))]
        return tuple(dict.fromkeys(groups + found + _times_and_places(text)))

    def short_terms(self, text: str) -> list[str]:
        """The content words in mode A, or the stems of an English text: what phrases match on."""
        if not _JAPANESE.search(text):
            return list(english_terms(normalise(text).text))
        return [t.term for t in self._analyse(text, self._short) if is_content(t)]

    @cached_property
    def _matcher(self) -> SequenceMatcher:
        phrases = ((phrase, f"l:{entry.term}") for entry in self._lexicon.entries for phrase in entry.phrases)
        return SequenceMatcher(phrases, self.short_terms)

    def _words(self, text: str) -> tuple[Token, ...]:
        long = list(self.tokens(text))
        spans = {(t.start, t.end) for t in long}
        parts = [t for t in self._analyse(text, self._short) if (t.start, t.end) not in spans]
        return tuple(t for t in sorted(long + parts, key=lambda t: (t.start, -t.end)) if is_content(t))

    def _fields(self, text: str) -> dict[str, tuple[str, ...]]:
        folded = normalise(text).text
        return {
            "word": tuple(t.term for t in self.words(text)) + tuple(_numbers_with_counter(folded)),
            "gram": tuple(_grams(folded)),
            "concept": self.concepts(text),
            "english": tuple(english_terms(folded)),
        }

    def _analyse(self, text: str, sudachi: SudachiTokenizer) -> list[Token]:
        n = normalise(text)
        found: list[Token] = []
        # A Sudachi tokeniser serves one thread at a time, and takes 49,149 bytes at most.
        with self._lock:
            for at in range(0, len(n.text), _PIECE):
                for m in sudachi.tokenize(n.text[at : at + _PIECE]):
                    if m.begin() < m.end():
                        found.append(_token(m, n.original(at + m.begin(), at + m.end())))
        return found


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


_SEASONS = (
    (re.compile(r"春|\bspring\b"), (3, 4, 5)),
    (re.compile(r"夏|\bsummer\b"), (6, 7, 8)),
    (re.compile(r"秋|\bautumn\b"), (9, 10, 11)),
    (re.compile(r"冬|\bwinter\b"), (12, 1, 2)),
)


def _times_and_places(text: str) -> list[str]:
    """Countries (by name or by a city of theirs), months and seasons as concepts, `m:6` for 6月 and June."""
    found = [e.key for e in find_entities(text) if e.kind in ("country", "month")] + countries_of_cities(text)
    folded = normalise(text).text
    return found + [f"m:{month}" for pattern, months in _SEASONS if pattern.search(folded) for month in months]


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
    for word in _ENGLISH_WORD.findall(folded):
        bare = word.removesuffix("'s")
        if bare not in _STOP_EN:
            yield _stem(bare)


def language_of(text: str) -> str:
    """`ja` where a text holds any kana or kanji, else `en`."""
    return "ja" if _JAPANESE.search(normalise(text).text) else "en"


@lru_cache(maxsize=1)
def default_tokeniser() -> Tokeniser:
    """The tokeniser of this process, made at first use."""
    return Tokeniser()
