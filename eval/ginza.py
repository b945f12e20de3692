"""A baseline of reading: question types by patterns, and the named entities of ja-ginza of a class that answers them.

ja-ginza labels entities by the extended hierarchy of Sekine & Nobata (2004). Only its word vectors
and its entity recogniser are loaded: the other parts want the package ginza and an older Sudachi.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.chive import INSTALL
from index.tokenise import Tokeniser
from rag.question import AnswerType, Question
from rag.short_answer import nearest, unnamed
from rag.spans import TypedSpan
from source.errors import HakushoError


@dataclass(frozen=True, slots=True)
class Entity:
    """A named entity: a half-open range of a text, and its class."""

    start: int
    end: int
    label: str


# Texts in, the entities of each out.
Recogniser = Callable[[Sequence[str]], list[list[Entity]]]

_INSTITUTIONS = "Public_Institution Research_Institute School GOE_Other"
# The classes that answer a type of question. A thing may be of any; a type that is not here is answered by none.
_LABELS: dict[AnswerType, str] = {
    "person": "Person Character God",
    "country": "Country",
    "place": "Country City County Province GPE_Other Domestic_Region Continental_Region Region_Other Postal_Address Location_Other "
    "Island Mountain River Lake Sea Bay Spa Geological_Region_Other "
    "Airport Port Station Car_Stop Railroad Road Bridge Tunnel Canal Water_Route Line_Other Park Amusement_Park Zoo Museum Theater "
    f"Sports_Facility Worship_Place Tumulus Archaeological_Place_Other Facility_Other Facility_Part {_INSTITUTIONS}",
    "organisation": "Organization_Other Company Company_Group Corporation_Other International_Organization Government Cabinet "
    "Military Political_Party Political_Organization_Other Pro_Sports_Organization Sports_Organization_Other Sports_League "
    f"Show_Organization {_INSTITUTIONS}",
    "date": "Date Day_Of_Week Era Time Timex_Other Time_Top_Other",
    "duration": "Period_Year Period_Month Period_Week Period_Day Period_Time Periodx_Other",
    "amount": "Money",
    "count": "N_Person N_Country N_Organization N_Facility N_Location_Other N_Product N_Event N_Animal N_Flora "
    "N_Natural_Object_Other Countx_Other Frequency Percent Multiplication Ordinal_Number Rank Age School_Age Point Numex_Other "
    "Physical_Extent Space Volume Weight Speed Intensity Temperature Calorie Measurement_Other",
}
CLASSES = {kind: frozenset(labels.split()) for kind, labels in _LABELS.items()}
# The parts of the pipeline that are not needed, all but tok2vec and ner.
_LEFT_OUT = ("parser", "attribute_ruler", "morphologizer", "compound_splitter", "bunsetu_recognizer")


def answers(label: str, answer_type: AnswerType) -> bool:
    """Whether an entity of a class may answer a type of question: what a 何 asks for has a name of any class."""
    return answer_type == "thing" or label in CLASSES.get(answer_type, frozenset())


def entity_span(question: Question, text: str, entities: Sequence[Entity], tokeniser: Tokeniser) -> tuple[int, int] | None:
    """Of the entities of a class that answers, and that the question does not name, the nearest to its words; None without any."""
    fitting = [TypedSpan(e.start, e.end) for e in entities if answers(e.label, question.answer_type)]
    return nearest(question, text, unnamed(question, text, fitting, tokeniser), tokeniser)


def load_ginza() -> Recogniser:
    """The entity recogniser of ja-ginza. Raises HakushoError where it is not installed, or labels otherwise than `CLASSES`."""
    try:
        import spacy

        pipeline = spacy.load("ja_ginza", exclude=_LEFT_OUT)
    except (ImportError, OSError):
        raise HakushoError(f"ja-ginza is not installed: {INSTALL}") from None
    unknown = frozenset[str]().union(*CLASSES.values()) - set(pipeline.pipe_labels["ner"])
    if unknown:
        raise HakushoError(f"this ja-ginza has no class {', '.join(sorted(unknown))}: {INSTALL}")

    def entities(texts: Sequence[str]) -> list[list[Entity]]:
        return [[Entity(e.start_char, e.end_char, e.label_) for e in doc.ents] for doc in pipeline.pipe(texts)]

    return entities


def ginza_if_installed() -> Recogniser | None:
    """The same, or None and a line that says how to install it."""
    try:
        return load_ginza()
    except HakushoError as error:
        print(f"baseline with named entities: left out, {error}", file=sys.stderr, flush=True)
        return None
