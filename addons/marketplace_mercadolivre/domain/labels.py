"""Fetches labels in batches although one bad parcel makes the whole call fail.

Reading a label moves its parcel to ``printed``: whoever calls must store the file.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence

from odoo.addons.marketplace_connector.domain.contract import (
    AuthDead,
    ChannelError,
    ContractDrift,
    LabelBatch,
    LabelFile,
    NotFound,
    RateLimited,
    Rejected,
    TokenExpired,
)
from odoo.addons.marketplace_connector.domain.http import Answer

from ..const import LABEL_BATCH
from .client import Client
from .errors import BUG, NotPrintable, label_error

PDF = "pdf"
ZPL = "zpl2"
FORMATS = frozenset({PDF, ZPL})

_MAX_UNPACKED = 20_000_000
# After these every further call would fail as well.
_HOPELESS = (AuthDead, TokenExpired, RateLimited)

Failures = dict[str, ChannelError]


def fetch(client: Client, parcels: Sequence[str], fmt: str) -> LabelBatch:
    """Labels of all parcels that have one; the others with the reason.

    Never raises what belongs to one call only: files that were fetched are printed
    over there and must not be lost.
    """
    if fmt not in FORMATS:
        raise Rejected("label_format", f"unknown label format {fmt}", who=BUG)
    files: list[LabelFile] = []
    failures: Failures = {}
    wanted = list(dict.fromkeys(parcels))
    for start in range(0, len(wanted), LABEL_BATCH):
        chunk = wanted[start : start + LABEL_BATCH]
        try:
            for file in _chunk(client, chunk, fmt, failures):
                files.append(file)
        except _HOPELESS as error:
            failures.update(dict.fromkeys(wanted[start:], error))
            break
    # Part of the last chunk may have been printed before it became hopeless.
    done = {parcel for file in files for parcel in file.parcel_ids}
    failed = tuple((key, err) for key, err in failures.items() if key not in done)
    return LabelBatch(tuple(files), failed)


def _chunk(
    client: Client, parcels: list[str], fmt: str, failures: Failures
) -> Iterator[LabelFile]:
    """One call; parcels that it names as bad are dropped and the rest asked again."""
    while parcels:
        try:
            answer = client.labels(parcels, fmt)
            yield _file(answer, tuple(parcels), fmt)
            return
        except NotPrintable as error:
            bad = [parcel for parcel in parcels if parcel in error.failed]
            if not bad:
                failures.update(dict.fromkeys(parcels, error))
                return
            failures.update({key: label_error(error.failed[key]) for key in bad})
            parcels = [parcel for parcel in parcels if parcel not in bad]
        except _HOPELESS:
            raise
        except (NotFound, Rejected) as error:
            if len(parcels) == 1:
                failures[parcels[0]] = error
                return
            # It does not tell which one: halve until it is alone.
            middle = len(parcels) // 2
            yield from _chunk(client, parcels[:middle], fmt, failures)
            parcels = parcels[middle:]
        except ChannelError as error:
            failures.update(dict.fromkeys(parcels, error))
            return


def _file(answer: Answer, parcels: tuple[str, ...], fmt: str) -> LabelFile:
    body = answer.content
    if fmt == PDF:
        if not body.startswith(b"%PDF"):
            raise ContractDrift("labels: not a PDF", body[:200])
        return LabelFile(body, "application/pdf", parcels, PDF)
    text = _unzip(body) if body.startswith(b"PK") else body
    if b"^XA" not in text:
        raise ContractDrift("labels: no ZPL", body[:200])
    return LabelFile(text, "text/plain", parcels, ZPL)


def _unzip(body: bytes) -> bytes:
    """The ZPL inside the ZIP, so that a printer can take it as it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if sum(info.file_size for info in infos) > _MAX_UNPACKED:
                raise ContractDrift("labels: the ZIP is too large")
            return b"\n".join(archive.read(info) for info in infos)
    except (zipfile.BadZipFile, OSError) as exc:
        raise ContractDrift("labels: not a ZIP", body[:200]) from exc
