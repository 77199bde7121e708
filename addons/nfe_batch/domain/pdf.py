"""Many papers in one file."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from pypdf import PdfWriter


def merge(contents: Iterable[bytes]) -> bytes:
    """The pages of PDF files one after the other."""
    writer = PdfWriter()
    for content in contents:
        writer.append(BytesIO(content), import_outline=False)
    merged = BytesIO()
    writer.write(merged)
    return merged.getvalue()
