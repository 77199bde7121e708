"""SOAP 1.1 and 1.2 envelopes, document/literal, as the MOC 7.0 section 4 asks."""

from __future__ import annotations

import base64
import binascii
import gzip
import re
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree
from werkzeug.http import parse_options_header

from .cstat import Rejection
from .schemas import parse
from .wsdl import Service

_SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
_SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
_TYPES = {"text/xml": _SOAP11, "application/soap+xml": _SOAP12}
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?encoding=["']([\w.-]+)["']""")
_CONTENT = re.compile(
    rb"<(?:[\w.-]+:)?nfeDadosMsg(?:\s[^>]*)?>(.*)</(?:[\w.-]+:)?nfeDadosMsg\s*>",
    re.DOTALL,
)


class SoapFault(Exception):
    """The request never reaches the application; ``status`` is HTTP's."""

    def __init__(self, reason: str, status: int = 500) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True)
class Dialect:
    """The SOAP version of a request; its answer uses the same."""

    namespace: str
    content_type: str

    def envelope(self, service: Service, content: bytes) -> bytes:
        """Wrap an answer, whose bytes are kept as they are."""
        return (
            b'<?xml version="1.0" encoding="utf-8"?>'
            b'<soap:Envelope xmlns:soap="%s"><soap:Body>'
            b"%s</soap:Body></soap:Envelope>"
        ) % (self.namespace.encode(), service.wrap(content))

    def fault(self, reason: str) -> bytes:
        """Build a fault that blames the sender."""
        if self.namespace == _SOAP12:
            body = (
                "<soap:Code><soap:Value>soap:Sender</soap:Value></soap:Code>"
                '<soap:Reason><soap:Text xml:lang="pt">'
                f"{escape(reason)}</soap:Text></soap:Reason>"
            )
        else:
            body = (
                "<faultcode>soap:Client</faultcode>"
                f"<faultstring>{escape(reason)}</faultstring>"
            )
        return (
            '<?xml version="1.0" encoding="utf-8"?>'
            f'<soap:Envelope xmlns:soap="{self.namespace}"><soap:Body><soap:Fault>'
            f"{body}</soap:Fault></soap:Body></soap:Envelope>"
        ).encode()


SOAP12 = Dialect(_SOAP12, "application/soap+xml; charset=utf-8")
SOAP11 = Dialect(_SOAP11, "text/xml; charset=utf-8")


@dataclass(frozen=True)
class Request:
    """What came in: the dialect, and the bytes of the fiscal message."""

    dialect: Dialect
    message: bytes


def dialect_of(content_type: str) -> Dialect:
    """Choose the SOAP version by content type; anything else is refused."""
    media, options = parse_options_header(content_type)
    if media not in _TYPES:
        raise SoapFault(f"tipo de conteúdo não suportado: {media}", status=415)
    if options.get("charset", "utf-8").lower() != "utf-8":
        raise SoapFault("a mensagem deve usar UTF-8", status=415)
    return SOAP12 if _TYPES[media] == _SOAP12 else SOAP11


def check_action(
    service: Service, dialect: Dialect, content_type: str, header: str | None
) -> None:
    """The action is optional in SOAP 1.2; SOAP 1.1 needs the header."""
    if dialect is SOAP12:
        action = parse_options_header(content_type)[1].get("action", "")
    elif header is None:
        raise SoapFault("cabeçalho SOAPAction ausente")
    else:
        action = header.strip().strip('"')
    if action and action not in service.actions:
        raise SoapFault(f"SOAPAction desconhecida: {action}")


def open_envelope(service: Service, dialect: Dialect, body: bytes) -> Request:
    """Take the fiscal message out of its envelope, byte by byte.

    Raises SoapFault for a wrong envelope or wrapper, and Rejection for content
    the web service itself would answer (MOC 7.0 anexo I, group D).
    """
    declared = _ENCODING.match(body)
    if declared and declared.group(1).lower() != b"utf-8":
        raise Rejection(402)
    try:
        envelope = parse(body)
    except etree.XMLSyntaxError as error:
        raise SoapFault(f"envelope mal formado: {error}") from error
    if envelope.tag != f"{{{dialect.namespace}}}Envelope":
        raise SoapFault("o envelope não é da versão SOAP do tipo de conteúdo")
    path = f"{{{dialect.namespace}}}Body/"
    if service.wrapper:
        path += f"{{{service.namespace}}}{service.wrapper}/"
    children = envelope.findall(f"{path}*")
    plain = f"{{{service.namespace}}}nfeDadosMsg"
    zipped = f"{plain}Zip"
    if len(children) != 1 or children[0].tag not in (plain, zipped):
        raise SoapFault("o corpo deve ter um nfeDadosMsg do namespace do serviço")
    if children[0].tag == zipped:
        return Request(dialect, _unzip(service, children[0].text or ""))
    return Request(dialect, _slice(body, children[0]))


def _slice(body: bytes, wrapper: etree._Element) -> bytes:
    if len(wrapper) != 1:
        raise SoapFault("nfeDadosMsg deve ter um único elemento")
    found = _CONTENT.search(body)
    assert found, "lxml found the wrapper, so it is in the bytes"
    return found.group(1)


def _unzip(service: Service, content: str) -> bytes:
    if service.name != "NFeAutorizacao4":
        raise SoapFault("nfeDadosMsgZip não é aceito por este serviço")
    try:
        return gzip.decompress(base64.b64decode(content, validate=True))
    except (OSError, EOFError, binascii.Error) as error:
        raise Rejection(416) from error
