"""What can be set, in one frozen place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Config:
    """How many passages are looked at and shown, and when to refuse.

    `threshold` is the least confidence at which a question is answered; it was tuned on the
    tuning half of the question set (`python -m eval.tune`), never on the test half.
    """

    candidates: int = 60
    retrieved: int = 10
    max_statements: int = 3
    max_question: int = 2000
    threshold: float = 0.5
