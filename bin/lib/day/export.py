"""`bin/demo --export DIR`: every procNFe, event XML and label PDF as files."""

from __future__ import annotations

import base64
from pathlib import Path

from .rpc import OdooClient

# Field with the attachment -> ending of the file.
DOCUMENT_FILES = {
    "nfe_proc_id": "-procNFe.xml",
    "nfe_label_id": "-danfe-etiqueta.pdf",
}


def export(client: OdooClient, folder: Path) -> int:
    """Write the files and return how many; the bytes are the stored ones."""
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    documents = client.search_read(
        "l10n_br_fiscal.document",
        [("nfe_proc_id", "!=", False)],
        "document_key",
        *DOCUMENT_FILES,
    )
    for document in documents:
        for field, ending in DOCUMENT_FILES.items():
            if document[field]:
                path = folder / f"{document['document_key']}{ending}"
                written += _write(client, document[field][0], path)
    written += _cancellations(client, folder)
    parcels = client.search_read(
        "marketplace.parcel",
        [("label_id", "!=", False)],
        "external_id",
        "label_id",
    )
    for parcel in parcels:
        path = folder / f"{parcel['external_id']}-etiqueta-transporte.pdf"
        written += _write(client, parcel["label_id"][0], path)
    return written


def _cancellations(client: OdooClient, folder: Path) -> int:
    events = client.search_read(
        "l10n_br_fiscal.event",
        [("type", "=", "2"), ("state", "=", "done")],
        "document_id",
        "file_response_id",
    )
    keys = {
        row["id"]: row["document_key"]
        for row in client.search_read(
            "l10n_br_fiscal.document", [("document_key", "!=", False)], "document_key"
        )
    }
    for event in events:
        key = keys[event["document_id"][0]]
        path = folder / f"{key}-procEventoNFe-110111.xml"
        _write(client, event["file_response_id"][0], path)
    return len(events)


def _write(client: OdooClient, attachment: int, path: Path) -> int:
    content = client.call("ir.attachment", "read", [attachment], ["datas"])[0]["datas"]
    path.write_bytes(base64.b64decode(content))
    return 1
