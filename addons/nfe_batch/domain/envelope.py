"""Messages and SOAP 1.2 envelopes by concatenation: signed bytes stay exact."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .endpoints import Service
from .serializer import NAMESPACE

MAX_NOTES = 50
"""Notes in a lot (XSD)."""
MAX_BYTES = 480_000
"""We stop below the 500 KB of rule B01 (214), because firewalls cut without a word."""
MAX_EVENTS = 20

_SOAP = "http://www.w3.org/2003/05/soap-envelope"
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'
_RESULT = re.compile(
    rb"<(?:[\w.-]+:)?((?:nfe|consultaCadastro)\w*Result\w*)(?:\s[^>]*)?>(.*)"
    rb"</(?:[\w.-]+:)?\1\s*>",
    re.DOTALL,
)
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding=["']([\w.-]+)["']""")


class Unreadable(Exception):
    """The answer holds no fiscal message: HTML, a SOAP fault, half an answer."""


def authorization(lot: int, notes: Sequence[bytes]) -> bytes:
    """enviNFe around signed notes.

    One note must go synchronously (else 452), two or more must not (764).
    """
    if not 1 <= len(notes) <= MAX_NOTES:
        raise ValueError(f"A lot takes 1 to {MAX_NOTES} notes")
    synchronous = int(len(notes) == 1)
    head = f"<idLote>{lot}</idLote><indSinc>{synchronous}</indSinc>"
    return _root("enviNFe", "4.00", head.encode() + b"".join(notes))


def receipt(number: str, environment: str) -> bytes:
    """consReciNFe."""
    body = f"<tpAmb>{environment}</tpAmb><nRec>{number}</nRec>"
    return _root("consReciNFe", "4.00", body.encode())


def consult(key: str, environment: str) -> bytes:
    """consSitNFe."""
    body = f"<tpAmb>{environment}</tpAmb><xServ>CONSULTAR</xServ><chNFe>{key}</chNFe>"
    return _root("consSitNFe", "4.00", body.encode())


def status(state_code: str, environment: str) -> bytes:
    """consStatServ; ``state_code`` is the IBGE code."""
    body = f"<tpAmb>{environment}</tpAmb><cUF>{state_code}</cUF><xServ>STATUS</xServ>"
    return _root("consStatServ", "4.00", body.encode())


def events(lot: int, signed: Sequence[bytes]) -> bytes:
    """envEvento around signed events of one kind."""
    if not 1 <= len(signed) <= MAX_EVENTS:
        raise ValueError(f"A lot takes 1 to {MAX_EVENTS} events")
    head = f"<idLote>{lot}</idLote>".encode()
    return _root("envEvento", "1.00", head + b"".join(signed))


def wrap(service: Service, message: bytes) -> bytes:
    """The SOAP 1.2 envelope, document/literal, without a header (MOC 4.1)."""
    return b"".join(
        (
            _DECLARATION,
            f'<soap12:Envelope xmlns:soap12="{_SOAP}"><soap12:Body>'.encode(),
            f'<nfeDadosMsg xmlns="{service.namespace}">'.encode(),
            message,
            b"</nfeDadosMsg></soap12:Body></soap12:Envelope>",
        )
    )


def content_type(service: Service) -> str:
    """Content type of the request; SOAP 1.2 carries the action in it."""
    return f'application/soap+xml; charset=utf-8; action="{service.action}"'


def unwrap(body: bytes) -> bytes:
    """The bytes of the fiscal message in an answer; raises ``Unreadable``.

    The prefix of the envelope and the name of the wrapper differ between states,
    and a header may stand in front of the body, so only local names count.
    """
    found = _RESULT.search(_utf8(body))
    message = found.group(2).strip() if found else b""
    if not message.startswith(b"<"):
        raise Unreadable(f"No result in an answer of {len(body)} bytes")
    return message


def _root(name: str, version: str, content: bytes) -> bytes:
    return b"".join(
        (
            f'<{name} xmlns="{NAMESPACE}" versao="{version}">'.encode(),
            content,
            f"</{name}>".encode(),
        )
    )


def _utf8(body: bytes) -> bytes:
    """Some offices answer in Latin-1 and say so."""
    declared = _ENCODING.match(body[:200])
    encoding = declared.group(1).decode() if declared else "utf-8"
    if encoding.lower() == "utf-8":
        return body
    try:
        return body.decode(encoding).encode()
    except (LookupError, UnicodeDecodeError) as error:
        raise Unreadable(f"The answer is not in {encoding}") from error
