"""What an answer of the channel to our XML means. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..const import MAX_ATTEMPTS, backoff
from ..domain.contract import (
    AlreadyDone,
    AuthDead,
    ChannelError,
    InvoiceResult,
    InvoiceState,
    NotYet,
    OutcomeUnknown,
    RateLimited,
    Rejected,
)

POLL_AGAIN = timedelta(minutes=1)
POLL_LIMIT = timedelta(minutes=30)
"""An XML that the channel still digests is looked at again after 1, 2, 4, … minutes."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The new state of an outbox row.

    ``error_class``: operator (data of the order), config (data of the account), bug
    (ours) or retry (goes on by itself); empty when accepted.
    ``read_back``: the next step is to ask, not to send.
    """

    state: str
    error_class: str = ""
    code: str = ""
    detail: str = ""
    next_try: datetime | None = None
    receipt: str = ""
    read_back: bool = False


def poll_again(attempts: int) -> timedelta:
    """How long a channel that digests slowly is left alone, from attempt 1 on."""
    return min(POLL_AGAIN * 2 ** min(max(attempts - 1, 0), 8), POLL_LIMIT)


def of_result(
    result: InvoiceResult, key: str, now: datetime, attempts: int = 1
) -> Outcome:
    """Outcome of an answer (``send_invoice`` or ``invoice_status``) for our key.

    A channel that knows who must repair a refusal that came later raises ``Rejected``
    from ``invoice_status``; a refusal in a result is the operator's.
    """
    if result.state == InvoiceState.ACCEPTED:
        if result.key and result.key != key:
            return Outcome("rejected", "operator", "other_note_held", result.key)
        return Outcome("accepted", receipt=result.external_id)
    if result.state == InvoiceState.REJECTED:
        return Outcome("rejected", "operator", result.code, result.message)
    if result.state in (InvoiceState.SENT, InvoiceState.PROCESSING):
        return Outcome(
            "sending",
            receipt=result.external_id,
            next_try=now + poll_again(attempts),
            read_back=True,
        )
    # Nothing there: what was sent did not arrive.
    return Outcome(
        "failed", "retry", result.code or "not_held", result.message, now + POLL_AGAIN
    )


def of_error(error: Exception, attempts: int, now: datetime) -> Outcome:
    """Outcome of an exception; anything that is no ChannelError is a bug of ours."""
    code = getattr(error, "code", "") or type(error).__name__
    detail = str(error)
    if isinstance(error, AlreadyDone):
        return Outcome(
            "rejected", "operator", "other_note_held", error.held_key or detail
        )
    if isinstance(error, Rejected):
        return Outcome("rejected", error.who, code, detail)
    if isinstance(error, AuthDead):
        return Outcome("waiting", "retry", "token_dead", detail)
    if isinstance(error, NotYet):
        when = error.not_before or now + backoff(attempts)
        return Outcome("waiting", "retry", "not_yet", detail, when)
    if isinstance(error, ChannelError) and error.retryable:
        when = now + backoff(attempts)
        if isinstance(error, RateLimited) and error.retry_after:
            when = max(when, now + timedelta(seconds=error.retry_after))
        unknown = isinstance(error, OutcomeUnknown)
        state = "sending" if unknown else "failed"
        return Outcome(state, "retry", code, detail, when, read_back=unknown)
    if attempts < MAX_ATTEMPTS and isinstance(error, ChannelError):
        return Outcome("failed", "retry", code, detail, now + backoff(attempts))
    return Outcome("rejected", "bug", code, detail)


def still_unknown(found: Outcome) -> Outcome:
    """A read-back that did not work either: ask again, do not send."""
    return replace(found, state="sending", read_back=True)


def stops_account(classes: list[str], limit: int) -> bool:
    """Were the newest outcomes (newest first) all configuration errors?"""
    return len(classes) >= limit and set(classes[:limit]) == {"config"}
