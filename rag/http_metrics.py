"""What an operator watches, in the Prometheus text format. No question and no answer is kept."""

import time

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.answer import Answer
from rag.http_workers import Workers

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_METHODS = {"GET", "POST", "HEAD", "OPTIONS", "DELETE", "PUT", "PATCH"}


class Metrics:
    """Counters of one served assistant, in a registry of its own."""

    def __init__(self, workers: Workers) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "hakusho_requests", "Requests by programs.", ["route", "method", "status"], registry=self.registry
        )
        self.latency = Histogram(
            "hakusho_request_seconds", "Time to the end of the response.", ["route"], buckets=_SECONDS, registry=self.registry
        )
        self.answers = Counter(
            "hakusho_answers", "Answers given.", ["interface", "status", "mode", "language"], registry=self.registry
        )
        self.answer_latency = Histogram(
            "hakusho_answer_seconds", "Time to make an answer.", ["mode"], buckets=_SECONDS, registry=self.registry
        )
        self.registry.register(_Waiting(workers))
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)

    def answered(self, answer: Answer, interface: str) -> None:
        """Counts an answer given through an interface: `ask`, `chat`, `mcp`, `page` or `gradio`."""
        self.answers.labels(interface, answer.status, answer.mode, answer.language).inc()
        self.answer_latency.labels(answer.mode).observe(answer.seconds)

    def show(self, request: Request) -> Response:
        """The `/metrics` page."""
        return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Waiting(Collector):
    """How much work runs or waits, read when it is asked for."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    def collect(self) -> list[GaugeMetricFamily]:
        """One gauge."""
        return [GaugeMetricFamily("hakusho_questions_at_work", "Questions that run or wait.", value=self._workers.busy)]


class CountRequests:
    """Middleware that counts requests by the route they took, not by their path, which anyone can make up."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Counts one request, whatever becomes of it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        started, status = time.perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.requests.labels(route, method, status).inc()
            self._metrics.latency.labels(route).observe(time.perf_counter() - started)
