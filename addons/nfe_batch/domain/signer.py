"""The enveloped signature of notes and events: bytes in, the same bytes plus
``Signature`` out.

MOC 7.0, "Visão Geral", 4.2: RSA-SHA1, C14N 20010315, one reference to the Id of
the first child. SHA-1 is the layout's choice, fixed by the XSD.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import re
from typing import Protocol

import xmlsig
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from .credentials import Credentials
from .schema import parse
from .serializer import SIGNATURE_NAMESPACE

_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_ENVELOPED = f"{SIGNATURE_NAMESPACE}enveloped-signature"
_DIGEST = re.compile(rb"<DigestValue>\s*([^<\s]+)\s*</DigestValue>")


class Signer(Protocol):
    """What ``prepare`` and ``event`` need."""

    def sign(self, content: bytes) -> bytes:
        """Sign the first child of the root, which carries an ``Id``."""


class DirectSigner:
    """lxml for the canonical form, cryptography for RSA: the default."""

    def __init__(self, credentials: Credentials) -> None:
        self._key = credentials.key
        self._certificate = certificate_text(credentials)

    def sign(self, content: bytes) -> bytes:
        """Sign without re-serialising: the given bytes stay as they are."""
        target = parse(content)[0]
        info = _signed_info(target.get("Id"), _digest(target))
        # Fixed by the layout: the XSD knows no other algorithm.
        sha1 = hashes.SHA1()  # nosec B303
        value = self._key.sign(info, padding.PKCS1v15(), sha1)
        signature = (
            f'<Signature xmlns="{SIGNATURE_NAMESPACE}">'
            f"{_without_namespace(info)}"
            f"<SignatureValue>{_b64(value)}</SignatureValue>"
            f"<KeyInfo><X509Data><X509Certificate>{self._certificate}"
            "</X509Certificate></X509Data></KeyInfo></Signature>"
        )
        return _insert(content, signature.encode())


class XmlsigSigner:
    """The library xmlsig 1.0.1, worked around in two places.

    Its ``load_pkcs12`` needs a class that pyOpenSSL dropped, so key and certificate
    are set by hand; its enveloped transform fails when ``Signature`` is a sibling of
    what it references, so the signed element becomes a document of its own.
    """

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def sign(self, content: bytes) -> bytes:
        """Sign a copy of the first child and take the signature over."""
        root = copy.deepcopy(parse(content)[0])
        signature = self._template(root.get("Id"))
        _strip(signature)
        root.append(signature)
        context = xmlsig.SignatureContext()
        context.x509 = self._credentials.certificate
        context.public_key = self._credentials.certificate.public_key()
        context.private_key = self._credentials.key
        context.sign(signature)
        _strip(signature)
        return _insert(content, etree.tostring(copy.deepcopy(signature)))

    @staticmethod
    def _template(identity: str) -> etree._Element:
        constants = xmlsig.constants
        signature = xmlsig.template.create(
            constants.TransformInclC14N, constants.TransformRsaSha1, ns=None
        )
        reference = xmlsig.template.add_reference(
            signature, constants.TransformSha1, uri=f"#{identity}"
        )
        xmlsig.template.add_transform(reference, constants.TransformEnveloped)
        xmlsig.template.add_transform(reference, constants.TransformInclC14N)
        info = xmlsig.template.ensure_key_info(signature)
        data = xmlsig.template.add_x509_data(info)
        xmlsig.template.x509_data_add_certificate(data)
        return signature


def _strip(signature: etree._Element) -> None:
    """Take out white space: xmlsig indents its template and breaks base64 lines."""
    for node in signature.iter():
        node.text = re.sub(r"\s", "", node.text or "") or None
        node.tail = None


BACKENDS: dict[str, type[DirectSigner] | type[XmlsigSigner]] = {
    "direct": DirectSigner,
    "xmlsig": XmlsigSigner,
}


def digest_of(signed: bytes) -> str:
    """DigestValue of a signed note or event: what the protocol repeats as digVal."""
    found = _DIGEST.findall(signed)
    if len(found) != 1:
        raise ValueError("Exactly one signature is expected")
    return found[0].decode()


def certificate_text(credentials: Credentials) -> str:
    """X509Certificate: base64 of the DER form in one line."""
    return _b64(credentials.certificate.public_bytes(Encoding.DER))


def _digest(target: etree._Element) -> str:
    """SHA-1 of the canonical form.

    libxml2 writes false ``xmlns=""`` when it canonicalises an inner node in place;
    a deep copy is a document of its own.
    """
    canonical = etree.tostring(copy.deepcopy(target), method="c14n")
    return _b64(hashlib.sha1(canonical, usedforsecurity=False).digest())


def _signed_info(identity: str, digest: str) -> bytes:
    """SignedInfo, already in canonical form."""
    return (
        f'<SignedInfo xmlns="{SIGNATURE_NAMESPACE}">'
        f'<CanonicalizationMethod Algorithm="{_C14N}"></CanonicalizationMethod>'
        f'<SignatureMethod Algorithm="{SIGNATURE_NAMESPACE}rsa-sha1">'
        "</SignatureMethod>"
        f'<Reference URI="#{identity}"><Transforms>'
        f'<Transform Algorithm="{_ENVELOPED}"></Transform>'
        f'<Transform Algorithm="{_C14N}"></Transform></Transforms>'
        f'<DigestMethod Algorithm="{SIGNATURE_NAMESPACE}sha1"></DigestMethod>'
        f"<DigestValue>{digest}</DigestValue></Reference></SignedInfo>"
    ).encode()


def _without_namespace(info: bytes) -> str:
    return info.decode().replace(f' xmlns="{SIGNATURE_NAMESPACE}"', "", 1)


def _insert(content: bytes, signature: bytes) -> bytes:
    """Put the signature in front of the root's end tag."""
    place = content.rindex(b"</")
    return content[:place] + signature + content[place:]


def _b64(value: bytes) -> str:
    return base64.b64encode(value).decode()
