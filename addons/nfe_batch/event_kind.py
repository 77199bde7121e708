"""The events of a note that go the same way to the SEFAZ."""

from dataclasses import dataclass

from .domain import delivery, event


@dataclass(frozen=True)
class EventKind:
    """Where ``l10n_br_fiscal.document`` keeps what concerns one kind of event."""

    attempt: str
    """``nfe.attempt.kind``."""
    status: str
    """Field: ready, sending or unknown while the event is under way, else empty."""
    wording: str
    """Field: what the issuer wants to tell (xJust, xCorrecao); empty: nothing, or it
    stands in the draft of the event itself."""
    job: str
    """Method that sends the event."""
    code: str
    """tpEvento."""
    event_type: str
    """``l10n_br_fiscal.event.type``."""
    more_codes: tuple[str, ...] = ()
    """tpEvento of others that take turns with ``code``."""

    def covers(self, code):
        """True for a tpEvento of this kind."""
        return code in (self.code, *self.more_codes)


CANCEL = EventKind(
    attempt="cancel",
    status="nfe_cancellation",
    wording="cancel_reason",
    job="_nfe_cancel",
    code=event.CANCELLATION,
    event_type="2",
)
CORRECTION = EventKind(
    attempt="correction",
    status="nfe_correction",
    wording="correction_reason",
    job="_nfe_correct",
    code=event.CORRECTION,
    event_type="14",
)
EPEC = EventKind(
    attempt="epec",
    status="nfe_epec",
    wording="",
    job="_nfe_epec_send",
    code=event.EPEC,
    event_type="7",
)
DELIVERY = EventKind(
    attempt="delivery",
    status="nfe_delivery",
    wording="",
    job="_nfe_send_delivery",
    code=delivery.DELIVERED,
    more_codes=delivery.CODES[1:],
    event_type="9",
)
EVENT_KINDS = {kind.attempt: kind for kind in (CANCEL, CORRECTION, EPEC, DELIVERY)}
