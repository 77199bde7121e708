"""What every service of one authorising office shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from simulators.common.clock import Clock

from .signature import Verifier
from .store import Row, Store, moment

VERSION = "SIM_SEFAZ_4.00"
"""verAplic of every answer."""

_WEST = {"11": -4, "12": -5, "13": -4, "14": -4, "50": -4, "51": -4}
"""Offsets of the states that are not on Brasília time; no DST since 2019."""

STATES = {
    **{"11": "RO", "12": "AC", "13": "AM", "14": "RR", "15": "PA", "16": "AP"},
    **{"17": "TO", "21": "MA", "22": "PI", "23": "CE", "24": "RN", "25": "PB"},
    **{"26": "PE", "27": "AL", "28": "SE", "29": "BA", "31": "MG", "32": "ES"},
    **{"33": "RJ", "35": "SP", "41": "PR", "42": "SC", "43": "RS", "50": "MS"},
    **{"51": "MT", "52": "GO", "53": "DF"},
}


HOME, SVC_AN, SVC_RS, NATIONAL = "home", "svc-an", "svc-rs", "an"
"""The offices: of the state, the two in contingency, the national one (EPEC)."""

CONTINGENCY = {SVC_AN: "6", SVC_RS: "7"}
"""tpEmis of the contingency offices."""

_SERVED_BY_SVC_RS = frozenset({"13", "21", "26", "29", "41", "50", "51", "52"})
"""AM MA PE BA PR MS MT GO; SVC-AN serves the others (NT 2013.007)."""

_NATIONAL_CODE = "91"
"""cOrgao of the national office."""


@dataclass
class Settings:
    """What differs between states, and what a test may want to vary.

    ``late_cancel_hours`` set makes a cancellation between ``cancel_hours`` and
    that limit accepted as 155; unset, it is refused with 501.
    ``link_unknown`` registers events of notes that are not in the database (136).
    ``handover_seconds`` is how long after its authorisation in contingency a note
    becomes known to the state's own office.
    """

    cancel_hours: float = 24
    late_cancel_hours: float | None = None
    correction_hours: float = 720
    late_days: int = 7
    reject_days: int = 30
    lot_seconds: float = 1
    average_seconds: int = 1
    max_bytes: int = 500 * 1024
    require_ibscbs: bool = True
    link_unknown: bool = False
    handover_seconds: float = 0
    epec_hours: float = 168
    abuse_limits: dict[str, int] = field(
        default_factory=lambda: {
            "rejection": 30,
            "event": 20,
            "voiding": 20,
            "consult": 10,
            "receipt": 40,
            "search": 20,
        }
    )


@dataclass
class Office:
    """One authorising office: a state, an environment, its clock and its books.

    ``paused`` is 108 or 109 while the service is down, 113 or 114 while an SVC
    is not active. The offices of one simulator share clock, books and settings.
    """

    uf: str
    environment: str
    clock: Clock
    store: Store
    verifier: Verifier
    settings: Settings = field(default_factory=Settings)
    paused: int | None = None
    role: str = HOME

    @property
    def svc(self) -> bool:
        """True for the two contingency offices."""
        return self.role in CONTINGENCY

    @property
    def serves(self) -> bool:
        """False for the contingency office of the other states."""
        serving = SVC_RS if self.uf in _SERVED_BY_SVC_RS else SVC_AN
        return not self.svc or self.role == serving

    @property
    def code(self) -> str:
        """cOrgao, cUF of what it answers."""
        return _NATIONAL_CODE if self.role == NATIONAL else self.uf

    def knows(self, note: Row | None) -> bool:
        """Whether it has a note: contingency hands its notes over some time later."""
        if note is None or note["office"] == self.role:
            return note is not None
        if self.role != HOME:
            return False
        age = self.now() - moment(note["received"])
        return age >= timedelta(seconds=self.settings.handover_seconds)

    @property
    def state(self) -> str:
        """Two letters of the state."""
        return STATES[self.uf]

    def now(self) -> datetime:
        """The simulated time, UTC."""
        return self.clock.now()

    def local(self, moment: datetime) -> str:
        """Text of a moment in the state's offset, as dhRecbto asks."""
        zone = timezone(timedelta(hours=_WEST.get(self.uf, -3)))
        return moment.astimezone(zone).isoformat(timespec="seconds")

    def next_protocol(self) -> str:
        """15 digits: 1, state, year, sequence (MOC 7.0 section 4.3.5)."""
        year = self.now().strftime("%y")
        return f"1{self.code}{year}{self.store.next_value('protocol'):010d}"

    def next_receipt(self) -> str:
        """15 digits: state, kind of office, sequence (MOC 7.0 section 4.3.4)."""
        return f"{self.uf}1{self.store.next_value('receipt'):012d}"
