"""Labels: a task is created, worked on over there, and its file fetched.

Source: API pages create_shipping_document, get_shipping_document_result and
download_shipping_document. Only Shopee's own label is allowed in Brazil; it exists
between the arrangement and the pick-up.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from odoo.addons.marketplace_connector.domain.contract import (
    FATAL,
    ChannelError,
    ContractDrift,
    LabelBatch,
    LabelFile,
    NotYet,
    ParcelState,
    Rejected,
)
from odoo.addons.marketplace_connector.domain.each import chunks

from ..const import LABEL_TYPES
from . import parcels
from .client import Client
from .errors import BUG, OPERATOR, PRINT_FIRST, error_of
from .values import Json, ident, text
from .vocabulary import PARCELS

PDF = "pdf"
ZPL = "zpl2"
FORMATS = frozenset(LABEL_TYPES)

_BATCH = 50
_MAX_UNPACKED = 20_000_000
_AFTER_PICKUP = frozenset(
    {
        ParcelState.IN_TRANSIT,
        ParcelState.DELIVERED,
        ParcelState.FAILED,
        ParcelState.LOST,
        ParcelState.CANCELLED,
    }
)


def fetch(client: Client, numbers: Sequence[str], fmt: str) -> LabelBatch:
    """Labels of all packages that have one; the others with the reason."""
    if fmt not in FORMATS:
        raise Rejected("label_format", f"unknown label format {fmt}", who=BUG)
    return _Batch(client, fmt).run(numbers)


class _Batch:
    """What became of each package of one call."""

    def __init__(self, client: Client, fmt: str) -> None:
        self._client = client
        self._kind = LABEL_TYPES[fmt]
        self._files: list[LabelFile] = []
        self._failed: dict[str, ChannelError] = {}
        self._pending: list[str] = []

    def run(self, numbers: Sequence[str]) -> LabelBatch:
        """Never raises what belongs to one package only."""
        for chunk in chunks(numbers, _BATCH):
            try:
                self._chunk(chunk)
            except ChannelError as error:
                done = {key for file in self._files for key in file.parcel_ids}
                done |= {*self._failed, *self._pending}
                left = [number for number in numbers if number not in done]
                if isinstance(error, FATAL):
                    self._failed.update(dict.fromkeys(left, error))
                    break
                ours = set(left) & set(chunk)
                self._failed.update(dict.fromkeys(ours, error))
        return LabelBatch(
            tuple(self._files), tuple(self._failed.items()), tuple(self._pending)
        )

    def _chunk(self, numbers: list[str]) -> None:
        found, errors = parcels.read(self._client, numbers)
        self._failed.update(errors)
        wanted = {n: found[n] for n in numbers if n in found and self._is_due(found[n])}
        states = self._results(wanted)
        new = [n for n in wanted if states.get(n) in ("", "FAILED")]
        if new:
            self._create({n: wanted[n] for n in new})
            again = {n: wanted[n] for n in new if n not in self._failed}
            states |= self._results(again)
        ready = [n for n in wanted if states.get(n) == "READY"]
        self._pending += [n for n in wanted if n not in self._failed and n not in ready]
        self._download(ready, wanted)

    def _is_due(self, package: Json) -> bool:
        """Arranged, with a tracking number, still here."""
        number = ident(package.get("package_number"))
        status = text(package.get("fulfillment_status"))
        if PARCELS.get(status) in _AFTER_PICKUP:
            self._failed[number] = Rejected(status, "too late for a label", OPERATOR)
            return False
        if not parcels.is_arranged(package):
            self._failed[number] = NotYet("not arranged yet", code="not_arranged")
            return False
        if not text(package.get("tracking_number")):
            self._pending.append(number)
            return False
        return True

    def _results(self, wanted: dict[str, Json]) -> dict[str, str]:
        """READY, PROCESSING or FAILED of each task, "" where there is none."""
        if not wanted:
            return {}
        states: dict[str, str] = {}
        for row in self._ask("get_shipping_document_result", wanted, write=False):
            number, code = ident(row.get("package_number")), text(row.get("fail_error"))
            if code == PRINT_FIRST:
                states[number] = ""
            elif code:
                self._failed[number] = error_of(code, text(row.get("fail_message")))
            else:
                states[number] = text(row.get("status"))
        return states

    def _create(self, wanted: dict[str, Json]) -> None:
        """Creating a task twice gives the same label: a lost answer is harmless."""
        for row in self._ask("create_shipping_document", wanted, write=False):
            if code := text(row.get("fail_error")):
                number = ident(row.get("package_number")) or _number_of(row, wanted)
                self._failed[number] = error_of(code, text(row.get("fail_message")))

    def _ask(self, step: str, wanted: dict[str, Json], write: bool) -> list[Json]:
        orders = [
            {**_key(package), "shipping_document_type": self._kind}
            for package in wanted.values()
        ]
        if step.startswith("create"):
            for order, package in zip(orders, wanted.values(), strict=True):
                order["tracking_number"] = text(package.get("tracking_number"))
        return self._client.document(step, orders, write)

    def _download(self, numbers: list[str], wanted: dict[str, Json]) -> None:
        """One file for all; when it fails, one for each half."""
        if not numbers:
            return
        orders = [_key(wanted[number]) for number in numbers]
        try:
            answer = self._client.download_document(self._kind, orders)
            self._files.append(_file(answer.content, tuple(numbers)))
        except FATAL:
            raise
        except NotYet:
            self._pending += numbers
        except ChannelError as error:
            if len(numbers) == 1:
                self._failed[numbers[0]] = error
                return
            middle = len(numbers) // 2
            self._download(numbers[:middle], wanted)
            self._download(numbers[middle:], wanted)


def _key(package: Json) -> Json:
    return {
        "order_sn": ident(package.get("order_sn")),
        "package_number": ident(package.get("package_number")),
    }


def _number_of(row: Json, wanted: dict[str, Json]) -> str:
    """A failed line names its order only."""
    order_sn = row.get("order_sn")
    return next((n for n, p in wanted.items() if p.get("order_sn") == order_sn), "")


def _file(body: bytes, numbers: tuple[str, ...]) -> LabelFile:
    """PDF or ZPL by what it is: a setting of the shop decides, too."""
    if body.startswith(b"%PDF"):
        return LabelFile(body, "application/pdf", numbers, PDF)
    zpl = _unzip(body) if body.startswith(b"PK") else body
    if b"^XA" not in zpl:
        raise ContractDrift("labels: neither PDF nor ZPL", body[:200])
    return LabelFile(zpl, "text/plain", numbers, ZPL)


def _unzip(body: bytes) -> bytes:
    """The ZPL in the ZIP; the declaration of contents beside it is for sales without
    an NF-e."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            infos = [i for i in archive.infolist() if i.filename.endswith(".txt")]
            if sum(info.file_size for info in infos) > _MAX_UNPACKED:
                raise ContractDrift("labels: the ZIP is too large")
            return b"\n".join(archive.read(info) for info in infos)
    except (zipfile.BadZipFile, OSError) as exc:
        raise ContractDrift("labels: not a ZIP", body[:200]) from exc
