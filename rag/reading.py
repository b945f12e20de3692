"""What the reader marks in a passage: the span that answers.

The reader sees whole paragraphs. It was trained on Japanese questions, so an English one gets
no reading. Only the short answer comes from it: as a ranking or refusal signal it did not help
on the chapter (`eval/log.md`).
"""

from functools import cached_property

from index.local import LocalIndex
from index.reader import Reader, ReadingText
from index.tokenise import language_of
from source.document import Passage

# A span longer than this is a clause, not a short answer.
_LONGEST = 48


class PassageReader:
    """Reads the passages of one index; the model is loaded at the first reading."""

    def __init__(self, index: LocalIndex) -> None:
        self._index = index

    @cached_property
    def _reader(self) -> Reader:
        return Reader.load()

    def answer_span(self, question: str, passage: Passage) -> tuple[int, int] | None:
        """The answering range of the passage's text, or None. Raises ModelError."""
        if language_of(question) != "ja":
            return None
        document = self._index.document(passage.document)
        paragraph = document.paragraphs[passage.paragraph]
        members = list(document.passages_of(passage.paragraph))
        sentences = tuple((p.start - paragraph.start, p.end - paragraph.start) for p in members)
        text = document.text[paragraph.start : paragraph.end]
        (reading,) = self._reader.read(question, [ReadingText(text, sentences)])
        marked = reading.sentences[members.index(passage)]
        shift = passage.start - paragraph.start
        start, end = max(0, marked.start - shift), min(len(passage.text), marked.end - shift)
        return (start, end) if 0 < end - start <= _LONGEST else None
