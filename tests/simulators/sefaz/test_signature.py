"""Real signatures: what is changed, foreign or expired is found out."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
from cryptography import x509
from lxml import etree

from simulators.common.certificates import CertificateAuthority
from simulators.sefaz.cstat import Rejection

from .builder import EMITTER, Pen, build
from .client import Client, write_pem
from .conftest import NOW, PASSWORD, STRANGER, VALID


def test_changed_content_is_297(client, note):
    changed = note(1).replace("PALLET DE PINUS", "PALLET DE EUCALIPTO")
    assert client.authorize(changed).note_code == "297"


def test_changed_signature_value_is_297(client, note):
    head, tail = note(1).split("<SignatureValue>", 1)
    other = "B" if tail.strip()[0] == "A" else "A"
    changed = f"{head}<SignatureValue>{other}{tail.strip()[1:]}"
    assert client.authorize(changed).note_code == "297"


def test_reference_to_something_else_is_298(client, note):
    changed = note(1).replace('URI="#NFe35', 'URI="#NFe99')
    assert client.authorize(changed).note_code == "298"


def test_certificate_that_is_none_is_290(client, note):
    head, tail = note(1).split("<X509Certificate>", 1)
    changed = f"{head}<X509Certificate>AAAA</X509Certificate>{tail.split('>', 1)[1]}"
    assert client.authorize(changed).note_code == "290"


def test_note_of_another_company_is_213(client, note):
    assert client.authorize(note(1, cnpj=STRANGER)).note_code == "213"


def test_a_branch_may_sign_for_the_head_office(client, note, authority, simulator):
    branch = authority.client_pfx(EMITTER[:8] + "000262", "FILIAL", PASSWORD, *VALID)
    signed = Pen(branch, PASSWORD).note(1, simulator.clock.now())
    assert client.authorize(signed).note_code == "100"


def test_expired_signing_certificate_is_291(client, authority, simulator):
    expired = authority.client_pfx(
        EMITTER, "VENCIDO", PASSWORD, VALID[0], NOW - timedelta(days=1)
    )
    signed = Pen(expired, PASSWORD).note(1, simulator.clock.now())
    assert client.authorize(signed).note_code == "291"


def test_certificate_expires_as_the_clock_moves(client, note, simulator):
    simulator.clock.set(VALID[1] + timedelta(days=1))
    answer = client.authorize(note(1))
    assert (answer.code, answer.note_code) == ("281", "")


def test_foreign_chain_is_293(client, simulator, tmp_path):
    foreign = CertificateAuthority.create(tmp_path)
    pfx = foreign.client_pfx(EMITTER, "DE FORA", PASSWORD, *VALID)
    signed = Pen(pfx, PASSWORD).note(1, simulator.clock.now())
    assert client.authorize(signed).note_code == "293"


def test_transmitter_without_cnpj_is_282(simulator, ca_dir):
    """A server's certificate has none; TLS itself would not let it call."""
    pem = (ca_dir / "server.pem").read_bytes()
    certificate = x509.load_pem_x509_certificate(pem)
    with pytest.raises(Rejection) as refused:
        simulator.office.verifier.check_transmitter(
            certificate, certificate.not_valid_before_utc
        )
    assert refused.value.code == 282


def test_no_client_certificate_no_connection(simulator):
    with pytest.raises(requests.ConnectionError):
        requests.post(
            simulator.service_url("NFeStatusServico4"),
            data=b"",
            verify=str(simulator.ca_file),
            timeout=10,
        )


def test_client_certificate_of_another_chain_no_connection(simulator, tmp_path):
    foreign = CertificateAuthority.create(tmp_path)
    pfx = foreign.client_pfx(EMITTER, "DE FORA", PASSWORD, *VALID)
    stranger = Client(
        simulator.url, simulator.ca_file, write_pem(pfx, PASSWORD, tmp_path)
    )
    with pytest.raises(requests.ConnectionError):
        stranger.status()


def test_extra_namespaces_in_scope_do_not_change_the_verdict(client, pen, simulator):
    """Inclusive C14N renders every namespace in scope, used or not."""
    document = build(1, simulator.clock.now())
    text = document.to_xml(indent="").split("?>", 1)[1].strip()
    root = etree.fromstring(text)
    wide = etree.Element(
        root.tag,
        nsmap={**root.nsmap, "xsi": "http://www.w3.org/2001/XMLSchema-instance"},
    )
    wide.extend(list(root))
    signed = pen.sign(etree.tostring(wide).decode(), document.infNFe.Id)
    assert "xmlns:xsi" in signed
    assert client.authorize(signed).note_code == "100"
