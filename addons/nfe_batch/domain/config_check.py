"""What is missing or doubtful before a company issues its first note.

Codes with parameters come out; sentences are made where the reader's language is
known. Nothing here is needed by the pipeline: each note is checked on its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from typing import Any

from .access_key import STATE_CODES
from .preflight import is_valid_cnpj

ALARM_DAYS = (30, 7, 1)
"""Days before the end of the certificate on which people are told, once each."""

_PRODUCTION = "1"
_NORMAL_REGIME = "3"
_LAST_SERIES = 889


class Severity(Enum):
    """How bad it is."""

    ERROR = "error"
    """No note goes, or all are refused."""
    WARNING = "warning"
    """Notes go, but soon not, or not as they should."""
    INFO = "info"


@dataclass(frozen=True)
class Finding:
    """``params``: values for the sentence."""

    code: str
    severity: Severity
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """``ends``: last local day; ``cnpj``: of the holder, empty when it names none."""

    ends: date
    cnpj: str
    opens: bool = True


@dataclass(frozen=True, kw_only=True)
class Setup:
    """A company as plain data; texts without punctuation, empty when missing.

    ``series``: codes of the active series of the NF-e.
    """

    today: date
    cnpj: str = ""
    state_registration: str = ""
    main_activity: str = ""
    tax_regime: str = ""
    street: str = ""
    number: str = ""
    district: str = ""
    zip_code: str = ""
    state: str = ""
    city_code: str = ""
    uses_processor: bool = True
    has_document_type: bool = False
    series: tuple[str, ...] = ()
    certificate: Certificate | None = None
    has_technician: bool = False
    environment: str = _PRODUCTION
    endpoint_base: str = ""
    has_ca_bundle: bool = False
    has_icms_regulation: bool = False
    has_contributions: bool = False
    has_tax_classification: bool = False
    crons_off: tuple[str, ...] = ()
    has_channel: bool = True


def check(setup: Setup) -> tuple[Finding, ...]:
    """Everything that was found, in the order in which one would mend it."""
    return (
        *_company(setup),
        *_numbering(setup),
        *_certificate(setup),
        *_connection(setup),
        *_taxes(setup),
        *_machinery(setup),
    )


def _error(code: str, **params: Any) -> Finding:
    return Finding(code, Severity.ERROR, params)


def _warning(code: str, **params: Any) -> Finding:
    return Finding(code, Severity.WARNING, params)


def _company(setup: Setup) -> Iterator[Finding]:
    if not setup.uses_processor:
        yield _error("processor")
    wrong = {
        "cnpj": not is_valid_cnpj(setup.cnpj),
        "state_registration": not re.fullmatch(r"\d{2,14}", setup.state_registration),
        "tax_regime": setup.tax_regime not in ("1", "2", "3", "4"),
        "street": not setup.street,
        "number": not setup.number,
        "district": not setup.district,
        "zip_code": not re.fullmatch(r"\d{8}", setup.zip_code),
        "state": setup.state not in STATE_CODES,
        "city": not re.fullmatch(r"\d{7}", setup.city_code),
    }
    yield from (_error(code) for code, is_wrong in wrong.items() if is_wrong)
    home = STATE_CODES.get(setup.state)
    if home and setup.city_code and not setup.city_code.startswith(home):
        yield _error("city_state")
    if not setup.main_activity:
        yield _warning("main_activity")


def _numbering(setup: Setup) -> Iterator[Finding]:
    if not setup.has_document_type:
        yield _error("document_type")
    if not setup.series:
        yield _error("series_missing")
    for code in setup.series:
        if not (code.isdigit() and int(code) <= _LAST_SERIES):
            # 890 to 999 are for notes that the SEFAZ itself or a portal issues.
            yield _error("series_code", series=code)


def _certificate(setup: Setup) -> Iterator[Finding]:
    certificate = setup.certificate
    if certificate is None:
        yield _error("certificate_missing")
        return
    if not certificate.opens:
        yield _error("certificate_closed")
        return
    left = (certificate.ends - setup.today).days
    if left < 0:
        yield _error("certificate_expired", date=certificate.ends)
    elif left <= ALARM_DAYS[0]:
        yield _warning("certificate_ends", date=certificate.ends, days=left)
    # A head office may sign for its branches: the root of eight is what must agree.
    if certificate.cnpj[:8] != setup.cnpj[:8]:
        yield _error("certificate_holder", cnpj=certificate.cnpj)


def _connection(setup: Setup) -> Iterator[Finding]:
    if setup.environment != _PRODUCTION:
        yield Finding("homologation", Severity.INFO)
    elif setup.endpoint_base:
        yield _error("endpoint_in_production", address=setup.endpoint_base)
    if not setup.has_ca_bundle:
        yield _warning("ca_bundle")
    if not setup.has_technician:
        yield _warning("technician")


def _taxes(setup: Setup) -> Iterator[Finding]:
    if setup.tax_regime != _NORMAL_REGIME:
        return
    if not setup.has_icms_regulation:
        yield _error("icms_regulation")
    if not setup.has_contributions:
        yield _error("contributions")
    if not setup.has_tax_classification:
        yield _error("tax_classification")


def _machinery(setup: Setup) -> Iterator[Finding]:
    for name in setup.crons_off:
        yield _warning("cron_off", name=name)
    if not setup.has_channel:
        yield _error("channel")


def alarm(ends: date, today: date, told: int | None) -> int | None:
    """The threshold of ``ALARM_DAYS`` to tell people about now, or None.

    :param told: the threshold that was told last for this certificate
    """
    left = (ends - today) // timedelta(days=1)
    reached = [days for days in ALARM_DAYS if left <= days]
    if not reached:
        return None
    nearest = min(reached)
    return nearest if told is None or nearest < told else None
