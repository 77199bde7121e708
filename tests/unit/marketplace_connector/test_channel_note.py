"""Only the authorised NF-e that the channel announced is kept."""

import pytest

from odoo.addons.marketplace_connector.rules.channel_note import (
    Note,
    NoteRefused,
    read,
)
from odoo.addons.nfe_batch.domain.access_key import check_digit

BODY = "3526113300011100018855090000000123112345678"
KEY = BODY + check_digit(BODY)
OTHER = KEY[:34] + "2" + KEY[35:43]
OTHER += check_digit(OTHER)
NAMESPACE = "http://www.portalfiscal.inf.br/nfe"


def note(key=KEY, protocol=None, status="100", root="nfeProc", namespace=NAMESPACE):
    return (
        f'<{root} xmlns="{namespace}" versao="4.00">'
        f'<NFe><infNFe Id="NFe{key}"/></NFe><protNFe><infProt>'
        f"<chNFe>{protocol or key}</chNFe><cStat>{status}</cStat>"
        f"</infProt></protNFe></{root}>"
    ).encode()


def refused(xml, told=KEY):
    with pytest.raises(NoteRefused) as caught:
        read(xml, told)
    return caught.value.code


def test_authorised_note_is_named_by_its_key():
    assert read(note(), KEY) == Note(KEY, 90, 123)
    assert read(note(status="150"), "") == Note(KEY, 90, 123)


@pytest.mark.parametrize(
    "xml",
    [b"", b"<nfeProc", b'{"message": "gateway"}', note()[:-20], b"\xff\xfe<a/>"],
)
def test_half_a_file_is_no_note(xml):
    assert refused(xml) == "not_well_formed"


def test_entities_are_never_kept():
    doctype = b'<!DOCTYPE n [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    assert refused(doctype + note(protocol="&x;")) == "not_well_formed"


@pytest.mark.parametrize(
    "xml",
    [
        note(root="enviNFe"),
        note(namespace="http://example.com"),
        note(status="110"),
        note(status=""),
        b"<html/>",
    ],
)
def test_what_was_not_authorised_is_no_note(xml):
    assert refused(xml) == "not_authorised"


def test_wrong_check_digit_is_refused():
    wrong = KEY[:43] + str((int(KEY[43]) + 1) % 10)
    assert refused(note(wrong), "") == "bad_key"
    assert refused(note(KEY[:43]), "") == "bad_key"


def test_consumer_note_of_a_shop_counter_is_refused():
    body = KEY[:20] + "65" + KEY[22:43]
    assert refused(note(body + check_digit(body)), "") == "bad_key"


def test_note_of_another_sale_is_refused():
    assert refused(note(), OTHER) == "other_key"
    assert refused(note(protocol=OTHER)) == "other_key"
