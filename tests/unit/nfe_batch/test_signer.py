"""Both signers, judged by xmlsec1 and signxml."""

import base64
from datetime import datetime, timezone

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml import (
    DigestAlgorithm,
    SignatureConfiguration,
    SignatureMethod,
    XMLVerifier,
)

from odoo.addons.nfe_batch.domain import credentials, event, schema, signer
from odoo.addons.nfe_batch.domain.access_key import key_of
from odoo.addons.nfe_batch.domain.builder import build
from odoo.addons.nfe_batch.domain.serializer import serialize

from .notes import ISSUED, sale
from .tools import xmlsec1

BACKENDS = sorted(signer.BACKENDS)


class _Sha1Verifier(XMLVerifier):
    """signxml refuses SHA-1 unless told that the layout demands it."""

    excise_empty_xmlns_declarations = True

    def check_signature_alg_expired(self, *args, **kwargs):
        """The layout fixes rsa-sha1."""

    def check_digest_alg_expired(self, *args, **kwargs):
        """The layout fixes sha1."""


CONFIGURATION = SignatureConfiguration(
    signature_methods=frozenset({SignatureMethod.RSA_SHA1}),
    digest_algorithms=frozenset({DigestAlgorithm.SHA1}),
    location=".//",
)


@pytest.fixture(params=BACKENDS)
def backend(request, opened):
    return signer.BACKENDS[request.param](opened)


@pytest.fixture
def unsigned():
    return serialize(build(sale()), "NFe")


def test_xmlsec1_accepts_the_note(backend, unsigned, authority, tmp_path):
    signed = backend.sign(unsigned)
    assert xmlsec1("infNFe", signed, authority, tmp_path) == ""


def test_xmlsec1_refuses_a_changed_note(backend, unsigned, authority, tmp_path):
    signed = backend.sign(unsigned).replace(b"<vNF>199.80", b"<vNF>199.81")
    assert xmlsec1("infNFe", signed, authority, tmp_path) != ""


def test_xmlsec1_accepts_the_event(backend, authority, tmp_path):
    signed = event.cancellation(
        key=key_of(sale()),
        protocol_number="135260000000001",
        reason="Consumidora desistiu da compra",
        environment="2",
        at=ISSUED,
        signer=backend,
    )
    assert xmlsec1("infEvento", signed, authority, tmp_path) == ""


def test_signxml_verifies_what_was_signed(backend, unsigned, opened):
    signed = backend.sign(unsigned)
    pem = opened.certificate.public_bytes(Encoding.PEM).decode()
    result = _Sha1Verifier().verify(signed, x509_cert=pem, expect_config=CONFIGURATION)
    assert etree.QName(result.signed_xml).localname == "infNFe"


def test_signature_only_adds_bytes(backend, unsigned):
    signed = backend.sign(unsigned)
    start = signed.index(b"<Signature")
    end = signed.index(b"</Signature>") + len(b"</Signature>")
    assert signed[:start] + signed[end:] == unsigned
    assert b"\n" not in signed
    assert schema.errors("NFe", signed) == ()


def test_backends_agree_byte_by_byte(opened, unsigned):
    """RSA with PKCS #1 v1.5 is deterministic, so nothing may differ."""
    results = {
        etree.tostring(etree.fromstring(backend(opened).sign(unsigned)), method="c14n")
        for backend in signer.BACKENDS.values()
    }
    assert len(results) == 1


def test_digest_is_read_back(pen, unsigned):
    digest = signer.digest_of(pen.sign(unsigned))
    assert len(base64.b64decode(digest)) == 20
    with pytest.raises(ValueError, match="one signature"):
        signer.digest_of(unsigned)


def test_credentials_know_holder_and_validity(opened):
    assert opened.cnpj == "11222333000181"
    assert opened.is_valid_at(datetime(2026, 11, 23, tzinfo=timezone.utc))
    assert not opened.is_valid_at(datetime(2036, 1, 1, tzinfo=timezone.utc))
    assert opened.not_after == datetime(2035, 1, 1, tzinfo=timezone.utc)
    assert "PRIVATE" not in repr(opened) and "key" not in repr(opened)


def test_credentials_are_opened_once(pfx):
    first = credentials.open_pfx(pfx, "segredo")
    assert credentials.open_pfx(pfx, "segredo") is first


@pytest.mark.parametrize(
    ("broken", "password", "code"),
    [(False, "errada", "password"), (True, "segredo", "content")],
)
def test_credentials_that_do_not_open(pfx, broken, password, code):
    content = b"no certificate" if broken else pfx
    with pytest.raises(credentials.CredentialsError) as caught:
        credentials.open_pfx(content, password)
    assert caught.value.code == code
