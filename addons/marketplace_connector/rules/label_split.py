"""One label per parcel out of a file that holds those of many.

From a file of fifty labels a packer would print forty-nine labels of others. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from ..domain.contract import LabelFile

_ZPL_LABEL = re.compile(rb"\^XA.*?\^XZ", re.DOTALL)


def split(
    file: LabelFile, names: dict[str, Sequence[str]]
) -> tuple[LabelFile, ...] | None:
    """A file per parcel of ``file``; None when nobody can tell the labels apart.

    Only a file with exactly one page (PDF) or format (ZPL) per parcel is split. Which
    is whose is read on the label itself; only when not one label names a parcel the
    order of the request decides. A file that contradicts itself stays whole: a label on
    the wrong parcel is worse than one that is asked for again.

    :param names: what may stand on the label of each parcel (its id, its tracking code)
    """
    if len(file.parcel_ids) == 1:
        return (file,)
    pieces = _pieces(file)
    if pieces is None or len(pieces) != len(file.parcel_ids):
        return None
    owners = _owners([text for _content, text in pieces], file.parcel_ids, names)
    if owners is None:
        return None
    return tuple(
        LabelFile(content, file.mime, (owner,), file.fmt)
        for owner, (content, _text) in zip(owners, pieces, strict=True)
    )


def _pieces(file: LabelFile) -> list[tuple[bytes, str]] | None:
    """Content and readable text of each label."""
    if file.fmt == "pdf":
        return _pages(file.content)
    if file.fmt == "zpl2":
        found = _ZPL_LABEL.findall(file.content)
        if _ZPL_LABEL.sub(b"", file.content).strip():
            # Fonts and pictures that all of them use.
            return None
        return [(piece, piece.decode("utf-8", "replace")) for piece in found]
    return None


def _pages(content: bytes) -> list[tuple[bytes, str]] | None:
    try:
        return [_page(page) for page in PdfReader(BytesIO(content)).pages]
    except (PyPdfError, ValueError, KeyError):
        return None


def _page(page) -> tuple[bytes, str]:
    writer = PdfWriter()
    writer.add_page(page)
    single = BytesIO()
    writer.write(single)
    return single.getvalue(), page.extract_text()


def _owners(
    texts: list[str], parcel_ids: Sequence[str], names: dict[str, Sequence[str]]
) -> Sequence[str] | None:
    named = [
        [
            parcel
            for parcel in parcel_ids
            if any(_stands(name, text) for name in (parcel, *names.get(parcel, ())))
        ]
        for text in texts
    ]
    if not any(named):
        return parcel_ids
    found = [owners[0] for owners in named if len(owners) == 1]
    return found if sorted(found) == sorted(parcel_ids) else None


def _stands(name: str, text: str) -> bool:
    """As a whole word: one id may begin like another one. ^FD opens a field of ZPL."""
    word = rf"(?:(?<!\w)|(?<=\^FD)){re.escape(name)}(?!\w)"
    return bool(name and re.search(word, text))
