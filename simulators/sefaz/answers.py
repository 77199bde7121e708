"""The messages that go back, as bytes in the official layout."""

from __future__ import annotations

from datetime import datetime
from xml.sax.saxutils import escape

from .office import VERSION, Office
from .schemas import NFE
from .wsdl import Service

_NS = f'xmlns="{NFE}"'


def fields(**values: str | int | None) -> str:
    """Elements in the given order; None leaves one out."""
    return "".join(
        f"<{name}>{escape(str(value))}</{name}>"
        for name, value in values.items()
        if value is not None
    )


def protocol(
    office: Office,
    key: str,
    code: int,
    reason: str,
    received: datetime,
    *,
    number: str | None = None,
    digest: str | None = None,
) -> bytes:
    """protNFe: the result of one note (MOC 7.0, table of retEnviNFe)."""
    body = fields(
        tpAmb=office.environment,
        verAplic=VERSION,
        chNFe=key,
        dhRecbto=office.local(received),
        nProt=number,
        digVal=digest,
        cStat=code,
        xMotivo=reason,
    )
    identity = f' Id="ID{number}"' if number else ""
    return (
        f'<protNFe {_NS} versao="4.00"><infProt{identity}>{body}</infProt></protNFe>'
    ).encode()


def authorization(
    office: Office, code: int, reason: str, received: datetime, content: bytes = b""
) -> bytes:
    """retEnviNFe; ``content`` is infRec or protNFe."""
    head = fields(
        tpAmb=office.environment,
        verAplic=VERSION,
        cStat=code,
        xMotivo=reason,
        cUF=office.uf,
        dhRecbto=office.local(received),
    )
    return _root("retEnviNFe", "4.00", head.encode() + content)


def receipt(number: str, average: int) -> bytes:
    """infRec: the promise of an answer."""
    return f"<infRec>{fields(nRec=number, tMed=average)}</infRec>".encode()


def lot(
    office: Office, number: str, code: int, reason: str, notes: list[bytes]
) -> bytes:
    """retConsReciNFe with the results of the lot's notes."""
    head = fields(
        tpAmb=office.environment,
        verAplic=VERSION,
        nRec=number,
        cStat=code,
        xMotivo=reason,
        cUF=office.uf,
        dhRecbto=office.local(office.now()),
    )
    return _root("retConsReciNFe", "4.00", head.encode() + b"".join(notes))


def situation(
    office: Office, key: str, code: int, reason: str, content: bytes = b""
) -> bytes:
    """retConsSitNFe; ``content`` is protNFe and the procEventoNFe."""
    head = fields(
        tpAmb=office.environment,
        verAplic=VERSION,
        cStat=code,
        xMotivo=reason,
        cUF=office.uf,
        dhRecbto=office.local(office.now()),
        chNFe=key,
    )
    return _root("retConsSitNFe", "4.00", head.encode() + content)


def status(office: Office, code: int, reason: str) -> bytes:
    """retConsStatServ."""
    body = fields(
        tpAmb=office.environment,
        verAplic=VERSION,
        cStat=code,
        xMotivo=reason,
        cUF=office.uf,
        dhRecbto=office.local(office.now()),
        tMed=office.settings.average_seconds,
    )
    return _root("retConsStatServ", "4.00", body.encode())


def voiding(office: Office, code: int, reason: str, **extra: str | int | None) -> bytes:
    """retInutNFe; ``extra`` are the fields of the range and the protocol."""
    number = extra.pop("nProt", None)
    body = fields(
        tpAmb=office.environment,
        verAplic=VERSION,
        cStat=code,
        xMotivo=reason,
        cUF=office.uf,
        **extra,
        dhRecbto=office.local(office.now()),
        nProt=number,
    )
    return _root("retInutNFe", "4.00", f"<infInut>{body}</infInut>".encode())


def event(office: Office, code: int, reason: str, **extra: str | int | None) -> bytes:
    """retEvento; ``extra`` are the fields after xMotivo, in order, and ``organ``."""
    number, organ = extra.pop("nProt", None), extra.pop("organ", office.code)
    body = fields(
        tpAmb=office.environment,
        verAplic=VERSION,
        cOrgao=organ,
        cStat=code,
        xMotivo=reason,
        **extra,
        dhRegEvento=office.local(office.now()),
        nProt=number,
    )
    identity = f' Id="ID{number}"' if number else ""
    return (
        f'<retEvento {_NS} versao="1.00">'
        f"<infEvento{identity}>{body}</infEvento></retEvento>"
    ).encode()


def events(
    office: Office, lot_id: str, code: int, reason: str, results: list[bytes]
) -> bytes:
    """retEnvEvento with the result of each event."""
    head = fields(
        idLote=lot_id,
        tpAmb=office.environment,
        verAplic=VERSION,
        cOrgao=office.code,
        cStat=code,
        xMotivo=reason,
    )
    return _root("retEnvEvento", "1.00", head.encode() + b"".join(results))


def processed_event(request: bytes, answer: bytes) -> bytes:
    """procEventoNFe: request and answer, byte by byte."""
    return (
        f'<procEventoNFe {_NS} versao="1.00">'.encode()
        + request
        + answer
        + b"</procEventoNFe>"
    )


def distribution(
    office: Office,
    code: int,
    reason: str,
    last: int,
    highest: int,
    documents: bytes = b"",
) -> bytes:
    """retDistDFeInt; ``documents`` are the docZip."""
    head = fields(
        tpAmb=office.environment,
        verAplic=VERSION,
        cStat=code,
        xMotivo=reason,
        dhResp=office.local(office.now()),
        ultNSU=f"{last:015d}",
        maxNSU=f"{highest:015d}",
    )
    if documents:
        documents = b"<loteDistDFeInt>%s</loteDistDFeInt>" % documents
    return _root("retDistDFeInt", "1.01", head.encode() + documents)


def registry(
    office: Office, code: int, reason: str, asked: str, rows: list[bytes]
) -> bytes:
    """retConsCad; ``asked`` repeats UF and document of the question."""
    head = fields(verAplic=VERSION, cStat=code, xMotivo=reason)
    tail = fields(dhCons=office.local(office.now()), cUF=office.uf)
    content = f"{head}{asked}{tail}".encode() + b"".join(rows)
    return _root("retConsCad", "2.00", b"<infCons>%s</infCons>" % content)


def refusal(
    office: Office, service: Service, code: int, reason: str, reference: str
) -> bytes:
    """The answer of ``service`` when the message as a whole is refused.

    ``reference`` fills the identifier the layout demands: key, receipt or lot.
    """
    if service.name == "NFeAutorizacao4":
        return authorization(office, code, reason, office.now())
    if service.name == "NFeRetAutorizacao4":
        return lot(office, reference or "0" * 15, code, reason, [])
    if service.name == "NFeConsultaProtocolo4":
        return situation(office, reference or "0" * 44, code, reason)
    if service.name == "NFeInutilizacao4":
        return voiding(office, code, reason)
    if service.name == "NFeRecepcaoEvento4":
        return events(office, reference or "0", code, reason, [])
    if service.name == "NFeDistribuicaoDFe":
        return distribution(office, code, reason, 0, 0)
    if service.name == "CadConsultaCadastro4":
        return registry(office, code, reason, fields(UF=office.state), [])
    return status(office, code, reason)


def _root(name: str, version: str, content: bytes) -> bytes:
    return (
        f'<{name} {_NS} versao="{version}">'.encode() + content + f"</{name}>".encode()
    )
