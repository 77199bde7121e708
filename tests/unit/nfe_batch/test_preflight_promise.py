"""The promise of the preflight: what it passes, the official schema passes too."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.nfe_batch.domain import preflight
from odoo.addons.nfe_batch.domain.document import Delivery, Transport
from odoo.addons.nfe_batch.domain.prepare import prepare

from .matrix import MATRIX
from .notes import CONSUMER, sale

CHARACTERS = st.sampled_from(list("aZ09 .-&<>\"'/ãÇ–“🎁\n\t|ŁД"))
TEXT = st.text(CHARACTERS, max_size=70)
CODES = "0 1 2 3 4 5 6 7 9 01 02 03 04 06 10 20 30 41 51 60 70 90 99 000 200 400 410"
CODE = st.sampled_from(CODES.split())
FREE = {
    "recipient": ("name", "email", "state_registration", "suframa"),
    "address": ("street", "number", "district", "city", "complement", "phone"),
    "place": ("zip_code", "city_code", "country_code", "country"),
    "item": ("code", "description", "unit", "order_ref", "order_line", "info"),
    "codes": ("benefit_code", "ex_tipi", "cest", "ncm", "cfop", "gtin", "tax_unit"),
    "carrier": ("name", "vat", "state_registration", "street", "city", "state"),
    "volume": ("kind", "brand", "numbering"),
    "payment": ("description", "method", "timing"),
    "card": ("integration", "acquirer_cnpj", "brand", "auth_code"),
    "paid": ("payee_cnpj", "terminal"),
    "billing": ("number",),
    "purchase": ("order", "contract", "commitment"),
    "export": ("state", "place", "dispatch"),
    "foreigner": ("foreign_id", "name", "vat", "ie_indicator", "state_registration"),
    "purposes": ("purpose", "credit_type", "debit_type", "direction"),
    "paper": ("state", "vat", "model", "state_registration"),
    "icms": ("code", "origin", "relief_reason", "base_mode", "st_base_mode"),
    "reform": ("cst", "classification"),
    "selective": ("cst", "classification"),
    "technician": ("cnpj", "contact", "email", "phone"),
    "intermediary": ("cnpj", "seller_id"),
    "header": ("operation", "city_code", "presence", "purpose", "destination"),
}


BASES = {
    "paid": "pix",
    "billing": "on credit",
    "purchase": "on credit",
    "export": "export",
    "foreigner": "export",
    "paper": "references",
    "purposes": "credit note",
    "selective": "selective",
    "icms": "every cst",
}
"""Notes of the matrix that have a group which the marketplace sale lacks."""


def changed(note, group, values):
    """The note with other texts in one group of fields."""
    if group in ("address", "place"):
        address = replace(CONSUMER.address, **values)
        there = Delivery(vat="11144477735", address=address)
        recipient = replace(CONSUMER, address=address)
        return replace(note, recipient=recipient, delivery=there)
    if group in ("item", "codes"):
        return replace(note, items=(replace(note.items[0], **values), note.items[1]))
    if group in ("carrier", "volume"):
        transport = note.transport
        carrier, (volume,) = transport.carrier, transport.volumes
        if group == "carrier":
            carrier = replace(carrier, **values)
        else:
            volume = replace(volume, **values)
        return replace(note, transport=Transport(carrier=carrier, volumes=(volume,)))
    if group in ("payment", "card"):
        (payment,) = note.payments
        if group == "card":
            values = {"card": replace(payment.card, **values)}
        return replace(note, payments=(replace(payment, **values),))
    return replace(note, **{group: replace(getattr(note, group), **values)})


def changed_more(note, group, values):
    """The same for groups that lie deeper."""
    if group == "paid":
        return changed(note, "card", values)
    if group in ("foreigner", "purposes"):
        place = {"foreigner": "recipient", "purposes": "header"}[group]
        return replace(note, **{place: replace(getattr(note, place), **values)})
    if group == "paper":
        first, *rest = note.paper_references
        return replace(note, paper_references=(replace(first, **values), *rest))
    if group in ("icms", "reform", "selective"):
        place = "ibs_cbs" if group == "reform" else group
        row, *rows = note.items
        tax = replace(getattr(row.taxes, place), **values)
        row = replace(row, taxes=replace(row.taxes, **{place: tax}))
        return replace(note, items=(row, *rows))
    return changed(note, group, values)


@pytest.mark.parametrize("group", FREE)
def test_what_passes_is_valid(group, pen):
    @settings(max_examples=50 if group in BASES else 100)
    @given(st.dictionaries(st.sampled_from(FREE[group]), TEXT | CODE, max_size=3))
    def check(values):
        note = changed_more(MATRIX[BASES.get(group, "marketplace sale")], group, values)
        if not preflight.check(note):
            assert prepare(note, pen).key

    check()


@given(st.tuples(TEXT, TEXT))
def test_information_is_free(pen, texts):
    note = replace(sale(), info=texts[0], tax_info=texts[1])
    assert preflight.check(note) == ()
    assert prepare(note, pen).key
