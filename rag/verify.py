"""The check that every citation is what it says: `document.text[start:end] == quote`."""

from collections.abc import Iterable

from index.local import LocalIndex
from rag.answer import Citation
from source.errors import HakushoError


class CitationError(HakushoError):
    """A citation does not stand where it says it does; the index must be built again."""


def verify(citations: Iterable[Citation], index: LocalIndex) -> None:
    """Raises CitationError for the first citation whose quote is not at its offsets."""
    for c in citations:
        text = index.document(c.document).text
        if not c.quote.strip() or text[c.start : c.end] != c.quote:
            raise CitationError(
                f"the citation {c.passage} does not match the text of {c.document}: build the index again with `hakusho index build`"
            )
