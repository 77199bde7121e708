"""Labels of Magalu Entregas: one call for many deliveries, a file behind an address.

The call answers with a signed address that lives for minutes, or with the file itself.
It changes no delivery, so asking again is harmless.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl, urlsplit

from odoo.addons.marketplace_connector.domain.contract import (
    AuthDead,
    ChannelError,
    ContractDrift,
    LabelBatch,
    LabelFile,
    NotYet,
    RateLimited,
    Rejected,
    TokenExpired,
)
from odoo.addons.marketplace_connector.domain.each import chunks
from odoo.addons.marketplace_connector.domain.http import Answer

from ..const import LABEL_BATCH
from . import deliveries as parts
from .client import Client
from .errors import BUG, OPERATOR
from .invoices import sales_channel
from .values import Json, drift_guarded, sub, text

PDF = "pdf"
ZPL = "zpl2"
FORMATS = frozenset({PDF, ZPL})
_THEIR_NAME = {PDF: "pdf", ZPL: "zpl"}

# After these every further call would fail as well.
_HOPELESS = (AuthDead, TokenExpired, RateLimited)

Failures = dict[str, ChannelError]


def fetch(client: Client, parcels: Sequence[str], fmt: str) -> LabelBatch:
    """Labels of all parcels that have one; the others with the reason."""
    if fmt not in FORMATS:
        raise Rejected("label_format", f"unknown label format {fmt}", who=BUG)
    failures: Failures = {}
    files: list[LabelFile] = []
    wanted = list(dict.fromkeys(parcels))
    try:
        for channel, ids in _ready(client, wanted, failures).items():
            for chunk in chunks(ids, LABEL_BATCH):
                files += _chunk(client, channel, chunk, fmt, failures)
    except _HOPELESS as error:
        left = {p for file in files for p in file.parcel_ids} | failures.keys()
        failures.update(dict.fromkeys((p for p in wanted if p not in left), error))
    return LabelBatch(tuple(files), tuple(failures.items()))


def _ready(
    client: Client, wanted: Iterable[str], failures: Failures
) -> dict[str, list[str]]:
    """Deliveries that may have a label, by the sales channel that a call names."""
    ready: dict[str, list[str]] = {}
    for parcel in wanted:
        try:
            delivery = client.delivery(parcel)
            _ensure_printable(delivery)
            ready.setdefault(sales_channel(delivery), []).append(parcel)
        except _HOPELESS:
            raise
        except ChannelError as error:
            failures[parcel] = error
    return ready


@drift_guarded
def _ensure_printable(delivery: Json) -> None:
    status = text(delivery["status"])
    if parts.is_own_freight(delivery):
        raise Rejected("own_freight", "Magalu has no label for a carrier of ours")
    if status in ("new", "approved"):
        raise NotYet("the delivery waits for its NF-e", code=status)
    if status != "invoiced":
        raise Rejected("not_printable_status", f"the delivery is {status}")


def _chunk(
    client: Client, channel: str, ids: list[str], fmt: str, failures: Failures
) -> list[LabelFile]:
    """One call; when it is refused for one of many, halves are asked for."""
    body = {
        "channel": {"id": channel},
        "deliveries": [{"id": parcel} for parcel in ids],
        "label": {"format": _THEIR_NAME[fmt], "type": "shipping"},
    }
    try:
        content = _content(client, client.labels(body))
        return [_file(content, tuple(ids), fmt)]
    except _HOPELESS:
        raise
    except ChannelError as error:
        if len(ids) == 1 or getattr(error, "who", "") != OPERATOR:
            failures.update(dict.fromkeys(ids, error))
            return []
    middle = len(ids) // 2
    found = _chunk(client, channel, ids[:middle], fmt, failures)
    return found + _chunk(client, channel, ids[middle:], fmt, failures)


def _content(client: Client, answer: Answer) -> bytes:
    """The file, from the answer itself or from the address in it."""
    address = text(sub(answer.payload(), "label", "signed_url"))
    if not address:
        return answer.content
    split = urlsplit(address)
    host = f"{split.scheme}://{split.netloc}"
    # Never a file from anywhere but a safe address, or the server we talk to.
    if split.scheme != "https" and host != client.base_url:
        raise ContractDrift("labels: the address of the file is not https")
    query = dict(parse_qsl(split.query, keep_blank_values=True))
    return client.download(host, split.path, query)


def _file(content: bytes, parcels: tuple[str, ...], fmt: str) -> LabelFile:
    """An expired address answers with a page: what is stored must be a label."""
    if fmt == PDF:
        if not content.startswith(b"%PDF"):
            raise ContractDrift("labels: not a PDF", content[:200])
        return LabelFile(content, "application/pdf", parcels, PDF)
    if b"^XA" not in content:
        raise ContractDrift("labels: no ZPL", content[:200])
    return LabelFile(content, "text/plain", parcels, ZPL)
