"""What became of a write that was answered with 202: traces and SAC transactions.

A write is not done when HTTP says so. ``/v0/traces/{id}`` tells it for orders, prices
and stock, ``/seller/v0/transactions/{id}`` for tickets; both are empty for a moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from enum import StrEnum

from odoo.addons.marketplace_connector.domain.contract import (
    ChannelError,
    NotFound,
    OutcomeUnknown,
    Rejected,
)

from ..const import TRACE_WAITS
from .client import Client
from .values import Json, drift_guarded, text

TRACE = "/v0/traces/{id}"
TRANSACTION = "/seller/v0/transactions/{id}"
_FAILED = frozenset({"failed", "cancelled", "error"})
_OPEN = frozenset({"", "pending", "processing"})


class Fate(StrEnum):
    """What a trace says about its write."""

    OPEN = "open"
    DONE = "done"
    FAILED = "failed"


def fate(trace: Json) -> Fate:
    """An error in the log of the write, or its status."""
    status = text(trace.get("status")).lower()
    if text(trace.get("severity")).lower() == "error" or status in _FAILED:
        return Fate.FAILED
    return Fate.OPEN if status in _OPEN else Fate.DONE


def words(trace: Json) -> tuple[str, str]:
    """Code and message of a trace."""
    return text(trace.get("code")) or "failed", text(trace.get("message"))


class Watcher:
    """Waits a little for the outcome of writes."""

    def __init__(
        self,
        client: Client,
        waits: Sequence[float] = TRACE_WAITS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._waits = waits
        self._sleep = sleep

    @drift_guarded
    def find(self, template: str, ref: str) -> Json | None:
        """The trace once it has an end; None while it has none.

        :raise ChannelError: it cannot be read
        """
        for wait in self._waits:
            self._sleep(wait)
            trace = self.look(template, ref)
            if trace is not None:
                return trace
        return None

    @drift_guarded
    def look(self, template: str, ref: str) -> Json | None:
        """As ``find``, without waiting."""
        try:
            trace = self._client.get(template, ref)
        except NotFound:
            return None
        return None if fate(trace) == Fate.OPEN else trace

    def check(self, template: str, ref: str) -> None:
        """Nothing when the write is done ("" = it was done at once).

        :raise Rejected: it was refused, with the code of the trace
        :raise OutcomeUnknown: not known yet: read back before repeating it
        """
        if not ref:
            return
        try:
            trace = self.find(template, ref)
        except ChannelError as error:
            raise OutcomeUnknown("the trace cannot be read", error.code) from error
        if trace is None:
            raise OutcomeUnknown("Magalu is still at it", code="trace_open")
        if fate(trace) == Fate.FAILED:
            raise Rejected(*words(trace))
