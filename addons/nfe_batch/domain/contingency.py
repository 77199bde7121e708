"""When to issue in contingency, where to, and when to come back: decisions only.

MOC 7.0, anexo III (manual of contingency), and Ajuste SINIEF 07/05, cl. 11. The state's
own SEFAZ is "home". SVC takes notes only while home has opened it (113 and 114 else),
what it authorises is final. EPEC is an event at the national office that lets the goods
leave; its note follows with the same key within seven days.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from .cstat import Kind, classify
from .endpoints import EPEC, NORMAL, SVC_AN, SVC_RS

REASON_MIN, REASON_MAX = 15, 256
"""Length of xJust of the group ide (XSD)."""

STATUS_INTERVAL = timedelta(minutes=3)
"""NFeStatusServico4 is asked no more often (NT 2018.002)."""

SVC_CLOSED_FOR = timedelta(minutes=30)
"""How long a refusal by SVC (113, 114) counts: home opens it by hand, so asking each
minute only makes noise."""

EPEC_LIMIT = timedelta(hours=168)
"""Until then home must have the note of an EPEC, else the national office takes no
further ones (142; NT 2014.001)."""
EPEC_ALARM = timedelta(hours=120)
"""Age of an EPEC without its note that people are told of: two days are left."""

_DOWN_FOR_LONG = 109
_SVC_ENDS = frozenset({113, 114})
_REGISTERED = frozenset({Kind.EVENT_LINKED, Kind.EVENT_DUPLICATE})


class Mode(Enum):
    """How a company issues."""

    NONE = "none"
    SVC = "svc"
    EPEC = "epec"


class Policy(Enum):
    """What the program may enter on its own."""

    OFF = "off"
    SVC = "svc"
    SVC_EPEC = "svc_epec"


class Move(Enum):
    """What to do now."""

    STAY = "stay"
    ENTER_SVC = "enter_svc"
    ENTER_EPEC = "enter_epec"
    LEAVE = "leave"


@dataclass(frozen=True, kw_only=True)
class Sending:
    """A call that left or should have left with a note, as its attempt tells it.

    ``outcome``: not_sent, answered, unknown, interrupted, or empty while it is open;
    ``code`` is the cStat, 0 without an answer; ``kind``: send or epec.
    """

    outcome: str
    code: int = 0
    kind: str = "send"

    @property
    def is_answered(self) -> bool:
        """True when the office said what it did."""
        return self.outcome == "answered"

    @property
    def found_it_down(self) -> bool:
        """True when the office said that it takes nothing now."""
        return self.is_answered and classify(self.code) is Kind.SERVICE_DOWN


@dataclass(frozen=True, kw_only=True)
class State:
    """What a company is in. ``svc_closed_at``: when SVC last answered 113 or 114;
    ``patience``: so many notes in a row without service make an outage."""

    mode: Mode
    policy: Policy
    patience: int
    svc_closed_at: datetime | None = None


def after_sending(state: State, sendings: Sequence[Sending], now: datetime) -> Move:
    """What follows from the last sendings of the mode that is on, newest first.

    113 and 114 end SVC in any case: nothing is taken there any more. What the program
    enters on its own depends on the policy.
    """
    if state.mode is Mode.EPEC or not sendings:
        return Move.STAY
    if state.mode is Mode.SVC:
        return _in_svc(state, sendings)
    if state.policy is Policy.OFF or not _is_out(sendings, state.patience):
        return Move.STAY
    if not _svc_is_closed(state, now):
        return Move.ENTER_SVC
    return Move.ENTER_EPEC if state.policy is Policy.SVC_EPEC else Move.STAY


def _in_svc(state: State, sendings: Sequence[Sending]) -> Move:
    if sendings[0].is_answered and sendings[0].code in _SVC_ENDS:
        return Move.LEAVE
    both_down = _is_out(sendings, state.patience)
    if both_down and state.policy is Policy.SVC_EPEC:
        return Move.ENTER_EPEC
    return Move.STAY


def after_status(mode: Mode, code: int) -> Move:
    """What follows from home's answer to the question whether it is up."""
    if mode is not Mode.NONE and classify(code) is Kind.SERVICE_UP:
        return Move.LEAVE
    return Move.STAY


def status_is_due(last_asked: datetime | None, now: datetime) -> bool:
    """Whether home may be asked again."""
    return last_asked is None or now - last_asked >= STATUS_INTERVAL


def key_is_free(sendings: Iterable[Sending]) -> bool:
    """Whether a note may get another key under its number.

    Only when no office can have taken the key: every sending never left, or was
    answered by an office that takes nothing, or is an EPEC that was refused.
    """
    return all(
        row.outcome == "not_sent" or row.found_it_down or _refused_epec(row)
        for row in sendings
    )


def office_of_note(emission_type: str, mode: Mode, *, sending: bool) -> str:
    """tpEmis of the office to call about a note: ``NORMAL`` (home), SVC_AN or SVC_RS.

    A note of SVC is sent there whatever happens, nobody else takes it. Questions and
    events follow it as long as SVC is on; then home knows it. The note of an EPEC is
    home's.
    """
    if emission_type in (SVC_AN, SVC_RS) and (sending or mode is Mode.SVC):
        return emission_type
    return NORMAL


def may_travel(emission_type: str, mode: Mode, *, has_epec: bool) -> bool:
    """Whether a note may leave now.

    While EPEC is on, home is out of reach: only events leave. A note of an EPEC waits
    for home, and never goes without its event (468).
    """
    if emission_type == EPEC:
        return has_epec and mode is Mode.NONE
    return mode is not Mode.EPEC


def epec_is_late(registered_at: datetime, now: datetime) -> bool:
    """Whether people must see to the note of an EPEC."""
    return now - registered_at >= EPEC_ALARM


def _is_out(sendings: Sequence[Sending], patience: int) -> bool:
    """109 says so at once; else so many in a row that found no service."""
    if sendings[0].is_answered and sendings[0].code == _DOWN_FOR_LONG:
        return True
    recent = sendings[:patience]
    return len(recent) == patience and all(
        row.outcome in ("not_sent", "unknown") or row.found_it_down for row in recent
    )


def _svc_is_closed(state: State, now: datetime) -> bool:
    closed = state.svc_closed_at
    return closed is not None and now - closed < SVC_CLOSED_FOR


def _refused_epec(row: Sending) -> bool:
    return (
        row.kind == "epec" and row.is_answered and classify(row.code) not in _REGISTERED
    )
