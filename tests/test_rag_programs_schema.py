"""The OpenAPI description holds: requests made from it, right and wrong, get answers that it describes."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from server import PATIENCE

OPERATIONS = [
    ("POST", "/v1/ask"),
    ("GET", "/v1/search"),
    ("GET", "/v1/passages/{id}"),
    ("GET", "/v1/documents"),
    ("GET", "/v1/documents/{id}"),
    ("GET", "/healthz"),
    ("GET", "/metrics"),
    ("GET", "/v1/models"),
    ("GET", "/v1/models/{model}"),
    ("POST", "/v1/chat/completions"),
]
# The same requests every time, few enough to be quick.
BOUNDED = settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def described(served: str) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_url(f"{served}/openapi.json")


def test_every_operation_is_described(described: schemathesis.BaseSchema) -> None:
    operations = [o.ok() for o in described.get_all_operations()]
    assert {(o.method.upper(), o.path) for o in operations} == set(OPERATIONS)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_right_requests_get_what_is_described(described: schemathesis.BaseSchema, method: str, path: str) -> None:
    send(described, method, path, GenerationMode.POSITIVE)


# Any text is a well-formed path.
@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/ask"), ("GET", "/v1/search"), ("POST", "/v1/chat/completions")])
def test_wrong_requests_get_errors_that_are_described(described: schemathesis.BaseSchema, method: str, path: str) -> None:
    send(described, method, path, GenerationMode.NEGATIVE)


def send(described: schemathesis.BaseSchema, method: str, path: str, mode: GenerationMode) -> None:
    operation = described[path][method]
    # A well-formed conversation may still end without a question, which no schema can say.
    excluded = [positive_data_acceptance] if path == "/v1/chat/completions" else []

    @given(case=operation.as_strategy(generation_mode=mode))
    @BOUNDED
    def sent(case: schemathesis.Case) -> None:
        case.call_and_validate(excluded_checks=excluded, timeout=PATIENCE)

    sent()
