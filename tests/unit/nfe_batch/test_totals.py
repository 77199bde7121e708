"""The totals of a note are the sums of what its items write."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from odoo.addons.nfe_batch.domain import serializer, totals
from odoo.addons.nfe_batch.domain.builder import build
from odoo.addons.nfe_batch.domain.document import Icms, Ipi

from .notes import BRASILIA, paid, sale

AMOUNT = st.decimals("0.00", "9999.99", places=2)
ICMS = st.builds(
    Icms,
    origin=st.just("0"),
    code=st.sampled_from(["00", "20", "40", "41", "60", "90", "102", "500", "900"]),
    base=AMOUNT,
    value=AMOUNT,
    fcp_value=AMOUNT,
    st_base=AMOUNT,
    st_value=AMOUNT,
    relief_value=AMOUNT,
    relief_reason=st.just("9"),
    relief_deducted=st.booleans(),
    retained_base=AMOUNT,
)
IPI = st.builds(Ipi, cst=st.sampled_from(["50", "53", "99"]), value=AMOUNT)


@st.composite
def notes(draw):
    rows = []
    for row in sale().items:
        taxes = replace(
            row.taxes, icms=draw(ICMS), ipi=draw(IPI), returned_ipi=draw(AMOUNT)
        )
        rows.append(
            replace(
                row,
                taxes=taxes,
                freight=draw(AMOUNT),
                insurance=draw(AMOUNT),
                discount=draw(AMOUNT),
                other=draw(AMOUNT),
                in_total=draw(st.booleans()),
            )
        )
    return replace(sale(), items=tuple(rows))


def amounts(root, path):
    found = root.xpath(path, namespaces={"n": serializer.NAMESPACE})
    return sum((Decimal(node.text) for node in found), start=Decimal(0))


SUMS = {
    "vBC": "//n:ICMS/*/n:vBC",
    "vICMS": "//n:ICMS/*/n:vICMS",
    "vICMSDeson": "//n:ICMS/*/n:vICMSDeson",
    "vFCP": "//n:ICMS/*/n:vFCP",
    "vBCST": "//n:ICMS/*/n:vBCST",
    "vST": "//n:ICMS/*/n:vICMSST",
    "vProd": "//n:prod[n:indTot='1']/n:vProd",
    "vFrete": "//n:prod/n:vFrete",
    "vSeg": "//n:prod/n:vSeg",
    "vDesc": "//n:prod/n:vDesc",
    "vOutro": "//n:prod/n:vOutro",
    "vIPI": "//n:IPITrib/n:vIPI",
    "vIPIDevol": "//n:det//n:vIPIDevol",
    "vPIS": "//n:PIS/*/n:vPIS",
    "vCOFINS": "//n:COFINS/*/n:vCOFINS",
    "vICMSUFDest": "//n:ICMSUFDest/n:vICMSUFDest",
    "vFCPUFDest": "//n:ICMSUFDest/n:vFCPUFDest",
    "vTotTrib": "//n:imposto/n:vTotTrib",
}


@given(notes())
def test_every_total_is_the_sum_of_the_written_items(note):
    root = etree.fromstring(serializer.serialize(build(note), "NFe"))
    for name, path in SUMS.items():
        assert amounts(root, f"//n:ICMSTot/n:{name}") == amounts(root, path), name


@given(notes())
def test_value_of_the_note_follows_w16(note):
    """vNF = vProd − vDesc − deducted relief + vST + extras + vIPI + vIPIDevol."""
    root = etree.fromstring(serializer.serialize(build(note), "NFe"))
    tot = {name: amounts(root, f"//n:ICMSTot/n:{name}") for name in SUMS}
    deducted = amounts(root, "//n:ICMS/*[n:indDeduzDeson='1']/n:vICMSDeson")
    expected = tot["vProd"] - tot["vDesc"] - deducted + tot["vST"]
    expected += tot["vFrete"] + tot["vSeg"] + tot["vOutro"]
    expected += tot["vIPI"] + tot["vIPIDevol"]
    assert totals.of(note).note == expected


@given(notes())
def test_items_add_up_to_the_value_with_the_reform(note):
    year = note.header.issued_at.year
    items = sum(totals.item_value(row, year) for row in note.items)
    assert totals.of(note).ibs_cbs.note == items == totals.of(note).note


def test_reform_is_added_from_2027():
    note = sale()
    later = replace(
        note.header, issued_at=datetime(2027, 1, 4, 9, tzinfo=BRASILIA), number=1
    )
    sums = totals.of(replace(note, header=later))
    reform = sums.ibs_cbs
    assert reform.note == sums.note + reform.ibs + reform.cbs
    assert reform.ibs == Decimal("0.19")


def test_without_amounts_there_is_no_reform_total():
    note = sale()
    rows = tuple(
        replace(
            row,
            taxes=replace(
                row.taxes, ibs_cbs=replace(row.taxes.ibs_cbs, cst="410", base=None)
            ),
        )
        for row in note.items
    )
    immune = replace(note, items=rows)
    assert totals.of(immune).ibs_cbs is None
    text = serializer.serialize(build(immune), "NFe")
    assert b"IBSCBSTot" not in text and b"vItem" not in text and b"vNFTot" not in text
    assert b"<IBSCBS><CST>410</CST><cClassTrib>000001</cClassTrib></IBSCBS>" in text


def test_ipi_is_part_of_what_the_consumer_pays():
    note = sale()
    row = note.items[0]
    ipi = replace(row.taxes.ipi, value=Decimal("2.92"))
    dearer = replace(row, taxes=replace(row.taxes, ipi=ipi))
    assert totals.of(replace(note, items=(dearer,))).note == Decimal("97.82")
    assert paid(replace(note, items=(dearer,))).payments[0].amount == Decimal("97.82")
