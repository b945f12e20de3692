"""What can be set, in one frozen place. The refusal threshold stands in `rag/gate.json`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Config:
    """How many passages are weighed, judged by a reranker (where one is named) and shown, and how long a question may be."""

    candidates: int = 60
    reranked: int = 20
    retrieved: int = 10
    max_question: int = 2000
