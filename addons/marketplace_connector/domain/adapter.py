"""The protocol that every channel implements.

Rules for adapters: no commit, no environment; every write reads back before it is
repeated; only the errors of ``errors.py`` leave a method; an unknown value becomes
UNKNOWN plus its raw text; money from text as ``Decimal``; datetimes aware, in UTC; a
masked value never looks like an empty one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from .errors import ChannelError
from .features import Feature
from .records import (
    Ack,
    ChannelEvent,
    Cursor,
    InvoiceFile,
    InvoiceResult,
    InvoiceTarget,
    LabelBatch,
    LiveCheck,
    Order,
    Page,
    Parcel,
    Party,
    RawRequest,
    TokenSet,
)
from .states import DocUnit, EventAuth


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What differs between channels and what the connector must respect.

    ``text_limit``: characters of one reply to a buyer.

    ``read_batch``: ids of one call of ``orders``; more than 50 where the channel gives
    many orders on one page.
    """

    invoice_unit: DocUnit
    invoice_min_age: timedelta = timedelta(0)
    invoice_max_bytes: int = 1_000_000
    invoice_async: bool = False
    label_formats: frozenset[str] = frozenset({"pdf"})
    poll_window: timedelta | None = None
    poll_sees_cancelled: bool = True
    overlap: timedelta = timedelta(minutes=10)
    ack_deadline: timedelta = timedelta(seconds=5)
    ack_empty: bool = False
    signed_events: bool = True
    refresh_rotates: bool = True
    buyer_cancel_window: timedelta = timedelta(0)
    has_sandbox: bool = True
    text_limit: int = 2000
    read_batch: int = 50
    features: frozenset[Feature] = frozenset()


class ChannelAdapter(Protocol):
    """One account of one channel. Made for one job, thrown away afterwards.

    What every channel must have; ``features.py`` tells what it may have.

    Built with the keywords ``options`` (``http.HttpOptions``), ``account_ref`` (the
    shop's id at the channel, "" before the first authorisation), ``client_id``,
    ``client_secret`` and ``base_url`` ("" = the channel's own server).
    """

    code: str
    caps: Capabilities

    # --- authorisation

    def authorize_url(
        self, state: str, redirect_uri: str, verifier: str | None = None
    ) -> str:
        """Address where the owner of the shop grants access; no network."""
        ...

    def exchange_code(
        self, params: dict[str, str], redirect_uri: str, verifier: str | None = None
    ) -> TokenSet:
        """Turn the query of the call-back (``code``, …) into tokens.

        :raise AuthDead: the person denied, or the code is used up or expired
        """
        ...

    def refresh(self, token: TokenSet) -> TokenSet:
        """New tokens for old ones; the caller holds the lock on the token's row.

        :raise AuthDead: the grant is gone; on every other error keep the old token
        """
        ...

    # --- events

    def check_event(self, req: RawRequest) -> EventAuth:
        """Is this webhook from the channel and for this account? No network."""
        ...

    def ack(self, verdict: EventAuth) -> Ack:
        """The answer to give within ``caps.ack_deadline``."""
        ...

    def parse_events(self, req: RawRequest) -> Sequence[ChannelEvent]:
        """The events of a webhook; an unknown topic comes with kind ``other``.

        :raise ContractDrift: the body is not what the channel documents
        """
        ...

    def missed_events(self, cursor: Cursor) -> Page:
        """Events that the channel could not deliver; deduplicate by their key.

        A page with a ``commit_token`` is confirmed by ``commit`` once it is stored.
        """
        ...

    def commit(self, commit_token: str) -> None:
        """Confirm a page of ``missed_events``: it does not come again."""
        ...

    # --- orders

    def changed_orders(self, cursor: Cursor, until: datetime) -> Iterator[Page]:
        """Pages of ``OrderRef`` changed between the cursor and ``until``.

        The overlap (``caps.overlap``) is applied inside; the same order may come more
        than once. The last page's ``next`` is where the following poll starts.
        """
        ...

    def orders(self, ids: Sequence[str]) -> Iterator[Order | tuple[str, ChannelError]]:
        """Whole orders by id; a failed one comes as (id, error), the rest goes on.

        :raise AuthDead, TokenExpired, RateLimited: the rest would fail as well
        """
        ...

    def buyer_fiscal(self, order: Order) -> Party:
        """Who the NF-e is for: name, CPF or CNPJ, fiscal address."""
        ...

    def parcels(self, order: Order) -> Sequence[Parcel]:
        """The order's shipments, as they are now."""
        ...

    def still_shippable(self, ids: Sequence[str]) -> dict[str, LiveCheck]:
        """Live status of many orders, one entry per id; never raises.

        A failed reading is an entry with ``error``.
        """
        ...

    # --- fiscal

    def send_invoice(
        self, target: InvoiceTarget, invoice: InvoiceFile
    ) -> InvoiceResult:
        """Hand over the authorised XML. Sending the same XML twice is harmless.

        :raise Rejected: refused; ``who`` tells who can repair it
        :raise AlreadyDone: the channel holds another NF-e for this target
        :raise NotYet: the target does not take an NF-e at this moment
        :raise OutcomeUnknown: not even the read-back worked: ``invoice_status`` first
        """
        ...

    def invoice_status(self, target: InvoiceTarget) -> InvoiceResult:
        """What the channel holds for the target (``NEEDED`` when nothing)."""
        ...

    # --- shipping

    def labels(self, parcels: Sequence[str], fmt: str) -> LabelBatch:
        """Labels of parcels; one file may hold those of several.

        Fetching may change the channel's state (printed): store the file.
        """
        ...
