"""The services: their names, operations, messages and WSDL files.

The WSDLs are the ones shipped by nfelib; only the address is rewritten. That of the
registry is no WSDL there, so none is published.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import nfelib

_FOLDER = Path(nfelib.__file__).parent / "nfe" / "wsdl" / "v4_0"
_LOCATION = re.compile(r'location="[^"]*"')


@dataclass(frozen=True)
class Service:
    """A web service of the NF-e 4.00, as published by its WSDL."""

    name: str
    operation: str
    request: str
    response: str
    version: str
    file: str
    wrapper: str = ""
    """Element around nfeDadosMsg, where there is one; the answer's is named alike."""

    @property
    def namespace(self) -> str:
        return f"http://www.portalfiscal.inf.br/nfe/wsdl/{self.name}"

    @property
    def actions(self) -> frozenset[str]:
        """SOAP actions the service knows; authorisation also takes gzip."""
        names = [self.operation]
        if self.name == "NFeAutorizacao4":
            names.append(f"{self.operation}Zip")
        return frozenset(f"{self.namespace}/{name}" for name in names)

    def wrap(self, content: bytes) -> bytes:
        """The body of an answer."""
        result = f"{self.wrapper}Result" if self.wrapper else "nfeResultMsg"
        body = b"<%s>%s</%s>" % (result.encode(), content, result.encode())
        outer = f"{self.wrapper}Response" if self.wrapper else ""
        if outer:
            body = b"<%s>%s</%s>" % (outer.encode(), body, outer.encode())
        return body.replace(b">", b' xmlns="%s">' % self.namespace.encode(), 1)

    def wsdl(self, url: str) -> bytes:
        """Return the WSDL with ``url`` as its only address."""
        content = (_FOLDER / self.file).read_text(encoding="utf-8")
        return _LOCATION.sub(f'location="{url}"', content).encode()


SERVICES = {
    service.name: service
    for service in (
        Service(
            "NFeAutorizacao4",
            "nfeAutorizacaoLote",
            "enviNFe",
            "retEnviNFe",
            "4.00",
            "nfeautorizacao4.wsdl",
        ),
        Service(
            "NFeRetAutorizacao4",
            "nfeRetAutorizacaoLote",
            "consReciNFe",
            "retConsReciNFe",
            "4.00",
            "nferetautorizacao4.wsdl",
        ),
        Service(
            "NFeConsultaProtocolo4",
            "nfeConsultaNF",
            "consSitNFe",
            "retConsSitNFe",
            "4.00",
            "nfeconsulta4.wsdl",
        ),
        Service(
            "NFeStatusServico4",
            "nfeStatusServicoNF",
            "consStatServ",
            "retConsStatServ",
            "4.00",
            "nfestatusservico4.wsdl",
        ),
        Service(
            "NFeInutilizacao4",
            "nfeInutilizacaoNF",
            "inutNFe",
            "retInutNFe",
            "4.00",
            "nfeinutilizacao4.wsdl",
        ),
        Service(
            "NFeRecepcaoEvento4",
            "nfeRecepcaoEvento",
            "envEvento",
            "retEnvEvento",
            "1.00",
            "recepcaoevento4.wsdl",
        ),
        Service(
            "NFeDistribuicaoDFe",
            "nfeDistDFeInteresse",
            "distDFeInt",
            "retDistDFeInt",
            "1.01",
            "nfedistribuicaodfe.wsdl",
            "nfeDistDFeInteresse",
        ),
        Service(
            "CadConsultaCadastro4",
            "consultaCadastro",
            "ConsCad",
            "retConsCad",
            "2.00",
            "",
        ),
    )
}
