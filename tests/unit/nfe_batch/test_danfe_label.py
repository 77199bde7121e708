"""The label that is drawn fast shows what the library's own shows."""

import io
import re

import pytest
from barcode import Code128
from brazilfiscalreport.danfe import DanfeEtiqueta, DanfeEtiquetaConfig
from pypdf import PdfReader

from odoo.addons.nfe_batch.domain.danfe_label import DanfeLabel
from odoo.addons.nfe_batch.domain.prepare import prepare

from .notes import sale

SIZE = {"paper_width": 100, "paper_height": 150}
BLACK_RECTANGLE = re.compile(r"([\d.]+) ([\d.]+) ([\d.]+) (-?[\d.]+) re f")
POINTS_OF_A_MODULE = 0.25 * 72 / 25.4


@pytest.fixture(scope="module")
def ready(pen):
    return prepare(sale(), pen)


def page(cls, ready):
    xml = ready.signed_xml.decode()
    report = cls(xml=xml, config=DanfeEtiquetaConfig(**SIZE))
    [only] = PdfReader(io.BytesIO(bytes(report.output()))).pages
    return only


def test_texts_stand_where_the_library_puts_them(ready):
    ours, theirs = (
        page(cls, ready).extract_text(extraction_mode="layout")
        for cls in (DanfeLabel, DanfeEtiqueta)
    )
    assert ours == theirs


def test_barcode_holds_the_key(ready):
    drawn = page(DanfeLabel, ready).get_contents().get_data().decode("latin-1")
    bars = [tuple(map(float, row)) for row in BLACK_RECTANGLE.findall(drawn)]
    start = bars[0][0]
    modules = ""
    for x, _y, width, _height in bars:
        modules = modules.ljust(round((x - start) / POINTS_OF_A_MODULE), "0")
        modules += "1" * round(width / POINTS_OF_A_MODULE)
    assert modules == Code128(ready.key).build()[0]
