"""What a cStat means for us: official codes, one table.

Sources: MOC 7.0 anexo I (codes), NT 2018.002 (656), NT 2024.001 (denial abolished),
NT 2025.001 (452, 764). Codes that are not listed are rejections.
"""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    """The next step after an answer."""

    AUTHORISED = "authorised"
    CANCELLED = "cancelled"
    DENIED = "denied"
    """Number and key are used up, the note has no effect (before 2024)."""
    VOIDED = "voided"
    LOT_RECEIVED = "lot_received"
    LOT_PROCESSED = "lot_processed"
    PROCESSING = "processing"
    """Ask again later."""
    LOT_UNKNOWN = "lot_unknown"
    """The receipt is not known: consult each key."""
    SERVICE_UP = "service_up"
    SERVICE_DOWN = "service_down"
    DUPLICATE = "duplicate"
    """This key is authorised already: consult and adopt."""
    DUPLICATE_OTHER_KEY = "duplicate_other_key"
    """The number is taken by another key, which stands in the message."""
    NOT_FOUND = "not_found"
    EVENT_LINKED = "event_linked"
    """Event registered; for a cancellation the note is cancelled."""
    EPEC_ONLY = "epec_only"
    """The key has an EPEC; its note has not arrived."""
    EVENT_DUPLICATE = "event_duplicate"
    """The event exists already: consult and adopt."""
    CANCEL_TOO_LATE = "cancel_too_late"
    """The note cannot be cancelled any more: an entry note has to follow."""
    ABUSE = "abuse"
    """Stop every call of this company for an hour."""
    CERTIFICATE = "certificate"
    """The TLS or signing certificate is refused: stop and renew."""
    SCHEMA = "schema"
    """Form, signature or size: our bug, sending again is useless."""
    REJECTED = "rejected"
    """A business rule: fix the data, the number stays."""


_TABLE: dict[Kind, tuple[int, ...]] = {
    Kind.AUTHORISED: (100, 150),
    Kind.CANCELLED: (101, 151),
    Kind.DENIED: (110, 205),
    Kind.VOIDED: (102, 206),
    Kind.LOT_RECEIVED: (103,),
    Kind.LOT_PROCESSED: (104, 128),
    Kind.PROCESSING: (105, 635),
    Kind.LOT_UNKNOWN: (106,),
    Kind.SERVICE_UP: (107,),
    Kind.SERVICE_DOWN: (108, 109, 113, 114, 999),
    Kind.DUPLICATE: (204,),
    Kind.DUPLICATE_OTHER_KEY: (539,),
    Kind.NOT_FOUND: (217,),
    Kind.EVENT_LINKED: (135, 136, 155),
    Kind.EPEC_ONLY: (124,),
    Kind.EVENT_DUPLICATE: (218, 573, 631),
    Kind.CANCEL_TOO_LATE: (219, 220, 221, 501),
    Kind.ABUSE: (656,),
    Kind.CERTIFICATE: (*range(280, 287), 290, 291, 292, 293, 294, 295, 296),
    Kind.SCHEMA: (214, 215, 225, 297, 298, 402, 404, 452, 516, 517, 545, 587, 588, 764),
}
_BY_CODE = {code: kind for kind, codes in _TABLE.items() for code in codes}

_OLD_DENIALS = frozenset({301, 302, 303})


def classify(code: int, protocol_number: str = "") -> Kind:
    """Classify a cStat.

    301 to 303 denied the note until 2024 and are rejections since; only a denial
    came with a protocol number.
    """
    if code in _OLD_DENIALS and protocol_number:
        return Kind.DENIED
    return _BY_CODE.get(code, Kind.REJECTED)
