"""A label on the wrong parcel is worse than a label that is asked for again."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from odoo.addons.marketplace_connector.domain.contract import LabelFile
from odoo.addons.marketplace_connector.rules.label_split import split

IDS = ("4001", "4002", "40021")


def pdf(*texts):
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=1)
    for text in texts:
        canvas.drawString(10, 10, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def file(content, ids=IDS, fmt="pdf"):
    return LabelFile(content, "application/pdf", tuple(ids), fmt)


def owners(pieces):
    """What stands on the label of each parcel."""
    return {
        piece.parcel_ids[0]: PdfReader(BytesIO(piece.content)).pages[0].extract_text()
        for piece in pieces
    }


def test_pages_go_to_the_parcels_that_they_name():
    pieces = split(file(pdf("Envio 40021", "Envio 4001", "Envio 4002")), {})
    assert {ref: text.split()[1] for ref, text in owners(pieces).items()} == {
        ref: ref for ref in IDS
    }


def test_tracking_code_names_a_parcel_too():
    names = {"4001": ("BR1",), "4002": ("BR2",), "40021": ("BR3",)}
    pieces = split(file(pdf("BR3", "BR1", "BR2")), names)
    assert owners(pieces)["40021"].strip() == "BR3"


def test_pages_that_name_nobody_come_in_the_order_of_the_request():
    pieces = split(file(pdf("a", "b", "c")), {})
    assert [piece.parcel_ids for piece in pieces] == [(ref,) for ref in IDS]


@pytest.mark.parametrize(
    "texts",
    [
        ("4001", "4002"),  # fewer pages than parcels
        ("4001", "4001", "4002"),  # one of them twice
        ("4001 4002", "4002", "40021"),  # a page with two
        ("4001", "4002", "nobody"),  # one that names nobody
    ],
)
def test_file_that_contradicts_itself_stays_whole(texts):
    assert split(file(pdf(*texts)), {}) is None


def test_broken_file_stays_whole():
    assert split(file(b"%PDF broken"), {}) is None


def test_zip_stays_whole():
    assert split(file(b"PK", fmt="zip"), {}) is None


def test_zpl_is_split_by_label():
    content = b"^XA^FD4002^FS^XZ\n^XA^FD4001^FS^XZ"
    pieces = split(file(content, IDS[:2], "zpl2"), {})
    assert {p.parcel_ids[0]: p.content for p in pieces} == {
        "4002": b"^XA^FD4002^FS^XZ",
        "4001": b"^XA^FD4001^FS^XZ",
    }


def test_zpl_with_common_pictures_stays_whole():
    content = b"~DGLOGO\n^XA^FD4002^FS^XZ\n^XA^FD4001^FS^XZ"
    assert split(file(content, IDS[:2], "zpl2"), {}) is None


def test_single_label_is_left_as_it_is():
    alone = file(b"%PDF whatever", IDS[:1])
    assert split(alone, {}) == (alone,)
