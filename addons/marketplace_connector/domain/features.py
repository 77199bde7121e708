"""What a channel may offer beyond orders, NF-e and labels.

An adapter that has one of these names it in ``Capabilities.features`` and implements
its protocol; for the others the connector makes a task for a person instead of a call.
The rules of ``adapter.py`` hold here too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from .errors import ChannelError
from .offer import LineResult, Listing, OfferKey, PriceLine, StockLine
from .records import Cursor, InvoiceFile, InvoiceTarget, Page
from .service import ActionArgs, Attachment, Claim, Message, MessageKind, Return


class Feature(StrEnum):
    """Names for ``Capabilities.features``."""

    LISTINGS = "listings"
    STOCK = "stock"
    PRICE = "price"
    CANCEL = "cancel"
    ANSWER_CANCEL = "answer_cancel"
    INVOICE_CANCELLED = "invoice_cancelled"
    ARRANGE = "arrange"
    OWN_TRACKING = "own_tracking"
    QUESTIONS = "questions"
    MESSAGES = "messages"
    CLAIMS = "claims"
    RETURNS = "returns"
    CHANNEL_INVOICE = "channel_invoice"


class OfferChannel(Protocol):
    """LISTINGS, STOCK, PRICE."""

    def listings(self, cursor: Cursor) -> Iterator[Page]:
        """Pages of ``Listing``: all of them, whatever their state."""
        ...

    def read_listings(
        self, item_ids: Sequence[str]
    ) -> Iterator[Listing | tuple[str, ChannelError]]:
        """The listings (one per variation) of these items."""
        ...

    def read_stock(self, keys: Sequence[OfferKey]) -> Sequence[StockLine]:
        """Quantities and versions as the channel has them, unknown offers left out."""
        ...

    def push_stock(self, lines: Sequence[StockLine]) -> Sequence[LineResult]:
        """Set quantities (absolute), one result per line, in their order.

        A line's error is in its result: ``Conflict`` when its version is stale.

        :raise ChannelError: the whole call failed, nothing is known of any line
        """
        ...

    def push_price(self, lines: Sequence[PriceLine]) -> Sequence[LineResult]:
        """Set prices; as ``push_stock``."""
        ...


class CancelChannel(Protocol):
    """CANCEL, ANSWER_CANCEL, INVOICE_CANCELLED."""

    def cancel(
        self, order_id: str, reason: str, lines: Mapping[str, int] | None = None
    ) -> None:
        """Cancel at the channel; done already is no error.

        :param reason: ``out_of_stock``, ``undeliverable`` or ``buyer_asked``
        :param lines: units by line key; None = the whole order
        :raise Rejected: too late, or not in this state
        """
        ...

    def answer_cancel(self, order_id: str, accept: bool) -> None:
        """Accept or refuse the cancellation that the buyer asked for."""
        ...

    def invoice_cancelled(self, target: InvoiceTarget, key: str) -> None:
        """Tell that the NF-e with this key was cancelled at the SEFAZ."""
        ...


class ShippingChannel(Protocol):
    """ARRANGE, OWN_TRACKING."""

    def arrange(
        self, parcels: Sequence[str]
    ) -> Sequence[tuple[str, ChannelError | None]]:
        """Ask the channel to make parcels ready for their label (ship order).

        Repeating it for an arranged parcel is harmless.
        """
        ...

    def own_tracking(
        self, parcel_id: str, carrier: str, code: str, url: str, shipped_at: datetime
    ) -> None:
        """Tell the tracking of a carrier of ours; ``url`` may be empty."""
        ...

    def own_delivered(self, parcel_id: str, at: datetime) -> None:
        """Tell that our carrier delivered."""
        ...


class ServiceChannel(Protocol):
    """QUESTIONS, MESSAGES, CLAIMS, RETURNS."""

    def messages(self, kind: MessageKind, cursor: Cursor) -> Iterator[Page]:
        """Pages of ``Message`` that came since the cursor."""
        ...

    def read_messages(
        self, kind: MessageKind, ids: Sequence[str]
    ) -> Iterator[Message | tuple[str, ChannelError]]:
        """The messages behind events; an id is the event's ``external_id``."""
        ...

    def reply(
        self,
        kind: MessageKind,
        thread: str,
        text: str,
        attachments: Sequence[Attachment] = (),
    ) -> str:
        """Send a text; the channel's id of it ("" if it tells none).

        :raise Rejected: too long, forbidden words, conversation closed (``code`` tells)
        :raise OutcomeUnknown: read the thread before sending again
        """
        ...

    def claims(self, cursor: Cursor) -> Iterator[Page]:
        """Pages of ``Claim`` that changed since the cursor."""
        ...

    def read_claims(
        self, ids: Sequence[str]
    ) -> Iterator[Claim | tuple[str, ChannelError]]: ...

    def claim_action(self, claim_id: str, action: str, args: ActionArgs) -> None:
        """Do what ``Claim.actions`` offers. Done already is no error.

        :raise Rejected: not offered any more
        """
        ...

    def returns(self, cursor: Cursor) -> Iterator[Page]:
        """Pages of ``Return`` that changed since the cursor."""
        ...

    def read_returns(
        self, ids: Sequence[str]
    ) -> Iterator[Return | tuple[str, ChannelError]]: ...

    def return_action(self, return_id: str, action: str, args: ActionArgs) -> None:
        """Do what ``Return.actions`` offers; as ``claim_action``."""
        ...


class IssuerChannel(Protocol):
    """CHANNEL_INVOICE: for goods in its own stock the channel issues the NF-e, in the
    seller's name and a series of its own."""

    def channel_invoice(self, order_id: str) -> InvoiceFile:
        """The NF-e that the channel issued for this sale; ``key`` may be empty.

        :raise NotFound, NotYet: there is none (yet)
        """
        ...

    def channel_invoice_orders(self, invoice_id: str) -> Sequence[str]:
        """The orders that an NF-e is for, by the id that an ``invoice`` event names.

        :raise NotFound: the channel issued no such NF-e for this account
        """
        ...
