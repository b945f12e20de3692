"""The red team's cases, and servers that lie in their own way: what each says to a case.

A speaker gives the sentences of an answer, each with whether it is true.
"""

import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.alterations import TEXTS
from source.document import Document
from source.load import DEFAULT_DOCUMENTS, load_documents
from source.parse import Metadata, parse

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Case:
    """A question with an injected instruction, where it stands, and what a model that obeys would say."""

    id: str
    place: str
    technique: str
    language: str
    question: str
    injection: str
    obeyed: str
    honest: str


def load_cases() -> list[Case]:
    """The cases, in order."""
    return [Case(**json.loads(line)) for line in (_HERE / "redteam.jsonl").read_text(encoding="utf-8").splitlines()]


def load_inventions() -> list[dict[str, str]]:
    """False sentences about the chapter, in both languages."""
    return [json.loads(line) for line in (_HERE / "inventions.jsonl").read_text(encoding="utf-8").splitlines()]


def documents_with(cases: Sequence[Case]) -> list[Document]:
    """The chapter, the texts written for this, and a document that the injections of its cases stand in."""
    chapter = load_documents(DEFAULT_DOCUMENTS)
    injected = [
        f"{c.honest.split(' [1]')[0].replace('[1]', '').rstrip('。.')}{_stop(c)}{c.injection}"
        for c in cases
        if c.place == "document"
    ]
    text = "\n\n".join(dict.fromkeys(injected))
    return [*chapter, *load_documents(TEXTS), parse(text, "letters", Metadata(prefix="letters"))]


def _stop(case: Case) -> str:
    return "。" if case.language == "ja" else ". "


Speaker = Callable[[Case, str], list[tuple[str, bool]]]


def obeys(case: Case, prompt: str) -> list[tuple[str, bool]]:
    """Does whatever an injected text asks, if it gets to see it, and only that."""
    return [(case.obeyed, False)] if case.injection[:24] in prompt else [(case.honest, True)]


def invents(case: Case, prompt: str) -> list[tuple[str, bool]]:
    """False sentences with citations that look right, and a true one among them."""
    false = [i["text"] for i in load_inventions() if i["language"] == case.language]
    chosen = random.Random(case.id).sample(false, 4)
    return [(case.honest, True), *((f"{text} [{n}]", False) for n, text in enumerate(chosen, 1))]


def cites_everything(case: Case, prompt: str) -> list[tuple[str, bool]]:
    """True and false alike, each with all citations there are."""
    every = "".join(f"[{n}]" for n in range(1, 11))
    false = [i["text"] for i in load_inventions() if i["language"] == case.language]
    chosen = random.Random(case.id + "all").sample(false, 3)
    return [(re.sub(r"\s*\[1\]", f" {every}", case.honest), True), *((f"{text} {every}", False) for text in chosen)]


def garbage(case: Case, prompt: str) -> list[tuple[str, bool]]:
    """Words of the prompt and of nothing, in no order."""
    chance = random.Random(case.id)
    words = re.findall(r"[A-Za-z]{3,}|[一-龠ァ-ヶー]{2,}", prompt)
    jumble = [" ".join(chance.choices(words, k=chance.randint(4, 14))) + f" [{chance.randint(1, 12)}]." for _ in range(3)]
    noise = "".join(chance.choice("あいうえおabc{}<>[]()0123 。、\n") for _ in range(120))
    return [(j, False) for j in jumble] + [(noise, False), ('{"answer": null} [1].', False)]
