"""The consumer's seven days (CDC art. 49), in the consumer's own local time.

The days count from the delivery, the first day not included, and end with the seventh
day where the consumer lives. What counts is when the consumer asked, not when anybody
read it. Without a proof of delivery the days have not begun: the window stays open.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

REGRET_DAYS = 7

_BRASILIA = "America/Sao_Paulo"

# Legal time of each state (Lei 11.662/2008, Lei 12.876/2013). The time of the state's
# capital: Fernando de Noronha and the west of Amazonas have another one.
ZONES: dict[str, str] = {
    "AC": "America/Rio_Branco",
    "AL": "America/Maceio",
    "AM": "America/Manaus",
    "AP": "America/Belem",
    "BA": "America/Bahia",
    "CE": "America/Fortaleza",
    "DF": _BRASILIA,
    "ES": _BRASILIA,
    "GO": _BRASILIA,
    "MA": "America/Fortaleza",
    "MG": _BRASILIA,
    "MS": "America/Campo_Grande",
    "MT": "America/Cuiaba",
    "PA": "America/Belem",
    "PB": "America/Fortaleza",
    "PE": "America/Recife",
    "PI": "America/Fortaleza",
    "PR": _BRASILIA,
    "RJ": _BRASILIA,
    "RN": "America/Fortaleza",
    "RO": "America/Porto_Velho",
    "RR": "America/Boa_Vista",
    "RS": _BRASILIA,
    "SC": _BRASILIA,
    "SE": "America/Maceio",
    "SP": _BRASILIA,
    "TO": "America/Araguaina",
}


def zone_of(uf: str) -> ZoneInfo:
    """The time zone of a consumer in ``uf``; Brasília's when it is not known."""
    return ZoneInfo(ZONES.get(uf.upper(), _BRASILIA))


def last_day(delivered_at: datetime, uf: str) -> date:
    """The consumer's last day to regret, as the calendar there has it."""
    return delivered_at.astimezone(zone_of(uf)).date() + timedelta(days=REGRET_DAYS)


def regret_deadline(delivered_at: datetime, uf: str) -> datetime:
    """The first instant (aware UTC) after the consumer's last day.

    ``delivered_at`` is the time of the delivery proof (aware).
    """
    after = last_day(delivered_at, uf) + timedelta(days=1)
    return datetime.combine(after, time.min, tzinfo=zone_of(uf)).astimezone(UTC)


def may_regret(delivered_at: datetime | None, uf: str, asked_at: datetime) -> bool:
    """Was the purchase regretted in time? ``asked_at`` is aware."""
    return delivered_at is None or asked_at < regret_deadline(delivered_at, uf)
