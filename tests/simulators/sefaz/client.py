"""A plain SEFAZ client: kept TLS session, envelopes by string."""

from __future__ import annotations

from pathlib import Path

import requests
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from lxml import etree

from simulators.sefaz.schemas import NFE, first_error
from simulators.sefaz.wsdl import SERVICES

_ENVELOPES = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}


def write_pem(pfx: bytes, password: str, folder: Path) -> tuple[str, str]:
    """Unpack a PFX for requests; returns (certificate, key)."""
    folder.mkdir(parents=True, exist_ok=True)
    key, certificate, _ = pkcs12.load_key_and_certificates(pfx, password.encode())
    files = folder / "client.pem", folder / "client.key"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].touch(mode=0o600)
    files[1].write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return str(files[0]), str(files[1])


class Answer:
    """A message that came back; reads its first field of a name."""

    def __init__(self, response: requests.Response) -> None:
        self.response = response
        self.envelope = etree.fromstring(response.content)
        result = self.envelope.xpath("//*[local-name()='nfeResultMsg']/*")
        self.message = result[0] if result else None

    def get(self, name: str, position: int = 0) -> str:
        """Text of an element, anywhere in the message."""
        found = self.message.findall(f".//{{{NFE}}}{name}")
        return found[position].text if len(found) > position else ""

    def all(self, name: str) -> list[str]:
        """Texts of every element of a name."""
        return [node.text for node in self.message.iter(f"{{{NFE}}}{name}")]

    @property
    def code(self) -> str:
        """cStat of the message itself."""
        return self.get("cStat")

    @property
    def note_code(self) -> str:
        """cStat of the first protNFe."""
        node = self.message.find(f".//{{{NFE}}}protNFe//{{{NFE}}}cStat")
        return "" if node is None else node.text

    @property
    def event_code(self) -> str:
        """cStat of the first retEvento."""
        node = self.message.find(f".//{{{NFE}}}retEvento//{{{NFE}}}cStat")
        return "" if node is None else node.text


class Client:
    """Calls the services of one simulator with one certificate."""

    def __init__(self, url: str, ca_file: object, pem: tuple[str, str]) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = str(ca_file)
        self.session.cert = pem

    def post(
        self, service: str, message: str, *, soap: str = "1.2", **options: object
    ) -> requests.Response:
        """Send a message in its envelope and return the raw response."""
        contract = SERVICES[service]
        action = f"{contract.namespace}/{contract.operation}"
        headers = (
            {"Content-Type": f'application/soap+xml; charset=utf-8; action="{action}"'}
            if soap == "1.2"
            else {
                "Content-Type": "text/xml; charset=utf-8",
                "SOAPAction": f'"{action}"',
            }
        )
        envelope = (
            '<?xml version="1.0" encoding="utf-8"?>'
            f'<soap:Envelope xmlns:soap="{_ENVELOPES[soap]}"><soap:Body>'
            f'<nfeDadosMsg xmlns="{contract.namespace}">{message}</nfeDadosMsg>'
            "</soap:Body></soap:Envelope>"
        )
        return self.raw(service, envelope.encode(), headers, **options)

    def raw(
        self, service: str, body: bytes, headers: dict[str, str], **options: object
    ) -> requests.Response:
        """Send bytes as they are."""
        options.setdefault("timeout", 30)
        return self.session.post(
            f"{self.url}/ws/{service}", data=body, headers=headers, **options
        )

    def call(self, service: str, message: str, **options: object) -> Answer:
        """Send a message and read the answer, which must match its XSD."""
        answer = Answer(self.post(service, message, **options))
        error = first_error(SERVICES[service].response, answer.message)
        assert error is None, f"{error}: {answer.response.text}"
        return answer

    def authorize(self, *notes: str, sync: bool | None = None) -> Answer:
        """Send a lot; one note goes synchronously unless told otherwise."""
        flag = len(notes) == 1 if sync is None else sync
        return self.call("NFeAutorizacao4", lot(*notes, sync=flag))

    def result(self, receipt: str) -> Answer:
        """Ask for the result of a lot."""
        message = (
            f'<consReciNFe xmlns="{NFE}" versao="4.00"><tpAmb>2</tpAmb>'
            f"<nRec>{receipt}</nRec></consReciNFe>"
        )
        return self.call("NFeRetAutorizacao4", message)

    def consult(self, key: str, environment: str = "2") -> Answer:
        """Ask for the situation of a note."""
        message = (
            f'<consSitNFe xmlns="{NFE}" versao="4.00"><tpAmb>{environment}</tpAmb>'
            f"<xServ>CONSULTAR</xServ><chNFe>{key}</chNFe></consSitNFe>"
        )
        return self.call("NFeConsultaProtocolo4", message)

    def status(self, uf: str = "35", environment: str = "2", **options: object):
        """Ask whether the service is up."""
        return self.call(
            "NFeStatusServico4", status_message(uf, environment), **options
        )


def lot(*notes: str, sync: bool) -> str:
    """enviNFe around signed notes, whose bytes stay as they are."""
    return (
        f'<enviNFe xmlns="{NFE}" versao="4.00"><idLote>1</idLote>'
        f"<indSinc>{int(sync)}</indSinc>{''.join(notes)}</enviNFe>"
    )


def status_message(uf: str = "35", environment: str = "2") -> str:
    """consStatServ."""
    return (
        f'<consStatServ xmlns="{NFE}" versao="4.00"><tpAmb>{environment}</tpAmb>'
        f"<cUF>{uf}</cUF><xServ>STATUS</xServ></consStatServ>"
    )
