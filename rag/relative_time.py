"""翌月は? after a question about 5月 asks the same of 6月."""

from index.entities import Entity, find_entities
from index.tokenise import language_of

_MONTHS = {
    "翌月": 1, "次の月": 1, "前月": -1, "先月": -1, "前の月": -1, "the next month": 1, "the following month": 1,
    "the month after": 1, "next month": 1, "the previous month": -1, "the month before": -1,
}  # fmt: skip
_YEARS = {
    "翌年": 1, "次の年": 1, "前年": -1, "前の年": -1, "the next year": 1, "the following year": 1, "the year after": 1,
    "the previous year": -1, "the year before": -1,
}  # fmt: skip
_NAMES = ("January February March April May June July August September October November December").split()
# A question longer than this says more than which time it asks about.
_LONGEST = 24


def shifted(question: str, last: str) -> str | None:
    """The question before, asked of the month or year before or after; None where that is not what is asked."""
    low = question.lower()
    for steps, kind in ((_MONTHS, "month"), (_YEARS, "year")):
        step = next((s for word, s in steps.items() if word in low), None)
        named = [e for e in find_entities(last) if e.kind == kind]
        if step is not None and named and len(question) <= _LONGEST:
            return last[: named[0].start] + _moved(named[0], step, last) + last[named[0].end :]
    return None


def _moved(time: Entity, step: int, text: str) -> str:
    number = int(time.key[2:])
    if time.kind == "year":
        return f"{number + step}年" if time.text.endswith("年") else str(number + step)
    month = (number - 1 + step) % 12 + 1
    return f"{month}月" if language_of(text) == "ja" else _NAMES[month - 1]
