"""Verification of the enveloped XML signature of a fiscal document.

MOC 7.0 visão geral section 4.2: RSA-SHA1 over C14N 20010315, one reference to
the Id of the signed element, the certificate inside KeyInfo, chain of ICP-Brasil.
Input is the byte slice of the document, so nothing the envelope declares can
reach the canonical form.
"""

from __future__ import annotations

import base64
import binascii
import copy
import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from simulators.common.certificates import certificate_cnpj

from .cstat import Rejection
from .schemas import DS

_NS = {"ds": DS}


@dataclass(frozen=True)
class Signer:
    """Who signed, and the digest of what was signed."""

    cnpj: str
    digest: str

    def require_root(self, cnpj: str) -> None:
        """The author and the certificate share the first 8 positions (213)."""
        if self.cnpj[:8] != cnpj[:8]:
            raise Rejection(213)


class Verifier:
    """Verifies documents against one chain; ``authorities`` is issuer, root."""

    def __init__(self, authorities: list[x509.Certificate]) -> None:
        self._authorities = authorities

    def verify(self, document: etree._Element, now: datetime) -> Signer:
        """Check certificate, digest and signature; raises Rejection 290 to 298."""
        signature = document.find("ds:Signature", _NS)
        if signature is None:
            raise Rejection(298)
        certificate = self._certificate(signature)
        self.check_certificate(certificate, now)
        cnpj = certificate_cnpj(certificate)
        if not cnpj:
            raise Rejection(292)
        digest = _check_digest(document, signature)
        _check_value(signature, certificate)
        return Signer(cnpj, digest)

    def check_certificate(self, certificate: x509.Certificate, now: datetime) -> None:
        """Validity (291) and chain (293) of a signing certificate."""
        if not _is_current(certificate, now):
            raise Rejection(291)
        if not any(_issued(certificate, issuer) for issuer in self._authorities):
            raise Rejection(293)

    def check_transmitter(self, certificate: x509.Certificate, now: datetime) -> str:
        """Return the CNPJ of the TLS client; group A of the MOC (281, 282)."""
        if not _is_current(certificate, now):
            raise Rejection(281)
        cnpj = certificate_cnpj(certificate)
        if not cnpj:
            raise Rejection(282)
        return cnpj

    @staticmethod
    def _certificate(signature: etree._Element) -> x509.Certificate:
        encoded = signature.findtext(
            "ds:KeyInfo/ds:X509Data/ds:X509Certificate", "", _NS
        )
        try:
            return x509.load_der_x509_certificate(base64.b64decode(encoded))
        except (ValueError, binascii.Error) as error:
            raise Rejection(290) from error


def _is_current(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _check_digest(document: etree._Element, signature: etree._Element) -> str:
    """Compare the digest of the referenced child, and return it."""
    references = signature.findall("ds:SignedInfo/ds:Reference", _NS)
    if len(references) != 1:
        raise Rejection(298)
    target = references[0].get("URI", "")[1:]
    signed = [child for child in document if child.get("Id") == target]
    if len(signed) != 1:
        raise Rejection(298)
    stated = references[0].findtext("ds:DigestValue", "", _NS).strip()
    actual = hashlib.sha1(canonical(signed[0]), usedforsecurity=False).digest()
    if base64.b64encode(actual).decode() != stated:
        raise Rejection(297)
    return stated


def _check_value(signature: etree._Element, certificate: x509.Certificate) -> None:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise Rejection(290)
    info = signature.find("ds:SignedInfo", _NS)
    try:
        value = base64.b64decode(signature.findtext("ds:SignatureValue", "", _NS))
        key.verify(value, canonical(info), padding.PKCS1v15(), hashes.SHA1())
    except (InvalidSignature, ValueError) as error:
        raise Rejection(297) from error


def canonical(element: etree._Element) -> bytes:
    """Canonicalise a part of a document (inclusive C14N 1.0).

    The element is rebuilt as a root that declares every namespace in scope:
    libxml2 gets both the namespaces of ancestors and ``xmlns=""`` wrong when it
    canonicalises an inner node in place.
    """
    root = etree.Element(element.tag, nsmap=element.nsmap)
    for name, value in element.attrib.items():
        root.set(name, value)
    root.text = element.text
    for child in element:
        root.append(copy.deepcopy(child))
    return etree.tostring(root, method="c14n", with_comments=False)
