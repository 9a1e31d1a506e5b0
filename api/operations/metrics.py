"""Metrics in the text form that Prometheus reads, counted in a registry of each application's own.

Labels are routes as templates, methods, statuses and problem codes: no user, no project, nothing of a question.
"""

import hmac
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0

from schemas.errors import DataProblem

MEDIA_TYPE: Final = CONTENT_TYPE_PLAIN_1_0_0
LEAST_TOKEN: Final = 32
_BUCKETS: Final = (0.005, 0.02, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)


class Metrics:
    """What is counted of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("kohort_requests", "Requests answered.", labels, registry=self.registry)
        self._seconds = Histogram(
            "kohort_request_seconds",
            "Seconds until an answer was sent, deadlines included.",
            ("route",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._problems = Counter("kohort_problems", "Problems answered, by code.", ("code",), registry=self.registry)
        self._release = Gauge(
            "kohort_release_info", "The release and policy in service.", ("release", "policy"), registry=self.registry
        )
        self._under_way = Gauge("kohort_requests_under_way", "Requests being answered.", registry=self.registry)
        self._ready = Gauge("kohort_ready", "1 while questions can be answered.", registry=self.registry)
        self._alarms = Gauge(
            "kohort_alarms", "Alarms of the operations page, by kind.", ("kind",), registry=self.registry
        )
        self._log = Gauge("kohort_log_entries", "Entries of the log of answers.", registry=self.registry)
        self._examined = Gauge(
            "kohort_log_examined_timestamp_seconds",
            "When an examination of all entries of the log of answers last ended; 0 before the first.",
            registry=self.registry,
        )

    def answered(self, *, method: str, route: str, status: int, seconds: float, code: str | None) -> None:
        """Count one request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        if code is not None:
            self._problems.labels(code).inc()

    def serves(self, release: str, policy: str) -> None:
        """Say which release and policy are in service."""
        self._release.clear()
        self._release.labels(release, policy).set(1)

    def observe(self, *, under_way: int, is_ready: bool) -> None:
        """Set what is not counted but looked at: requests that are being answered, and whether questions can be."""
        self._under_way.set(under_way)
        self._ready.set(int(is_ready))

    def observe_log(self, *, entries: int, examined: float, alarms: dict[str, int]) -> None:
        """Set how long the log is, when all of it was examined (Unix time), and how many alarms of each kind are on."""
        self._log.set(entries)
        self._examined.set(examined)
        self._alarms.clear()
        for kind, number in alarms.items():
            self._alarms.labels(kind).set(number)

    def text(self) -> bytes:
        """The metrics as Prometheus reads them."""
        return generate_latest(self.registry)


def read_metrics_token(path: Path) -> str:
    """The token that metrics are given for; raises `DataProblem` when the file cannot be read or holds a short one."""
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise DataProblem(
            "metrics-token", f"the file of the metrics' token, {path.name}, cannot be read", place=path
        ) from None
    if len(token) < LEAST_TOKEN:
        hint = "make one: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
        raise DataProblem(
            "metrics-token", f"the metrics' token has fewer than {LEAST_TOKEN} characters", hint=hint, place=path
        )
    return token


def is_token(header: str | None, token: str) -> bool:
    """Whether an `Authorization` header holds the token; takes as long for any that does not."""
    return hmac.compare_digest((header or "").encode(), f"Bearer {token}".encode())
