"""Where each service of each state lives, and what it is called.

The addresses are nfelib's (checked cell by cell against two other libraries); what
it gets wrong is corrected here: PA is served by SVRS, not by SVAN. Contingency as
on the national portal: SVC-RS for AM BA GO MA MS MT PE PR, SVC-AN for the others;
since February 2025 SVC-AN answers at the addresses of SVAN.
"""

from __future__ import annotations

from enum import Enum

from nfelib.nfe.client.v4_0.servers import Endpoint, servers

from .access_key import STATE_CODES
from .document import PRODUCTION

_WSDL = "http://www.portalfiscal.inf.br/nfe/wsdl/"

NORMAL, EPEC, SVC_AN, SVC_RS = "1", "4", "6", "7"
"""tpEmis, and with it the office: the state's, the national one (for the event that
goes before the note), and the two in contingency."""

AN, SVRS = "AN", "SVRS"
"""Offices that serve all the country: distribution, events of the delivery."""

_OWN_OFFICE = frozenset({"AM", "BA", "GO", "MG", "MS", "MT", "PE", "PR", "RS", "SP"})
_SVAN = frozenset({"MA"})
_SVC_RS_STATES = frozenset({"AM", "BA", "GO", "MA", "MS", "MT", "PE", "PR"})
_OTHER_OFFICES = {
    EPEC: "AN",
    SVC_AN: "SVC-AN",
    SVC_RS: "SVC-RS",
    AN: "AN",
    SVRS: "SVRS",
}
_FOLDERS = {EPEC: "/an", SVC_AN: "/svc-an", SVC_RS: "/svc-rs"}


class Service(Enum):
    """Name of the service, its operation, its key in nfelib's table, its WSDL."""

    AUTHORIZATION = (
        "NFeAutorizacao4",
        "nfeAutorizacaoLote",
        Endpoint.NFEAUTORIZACAO,
        "nfeautorizacao4.wsdl",
    )
    RECEIPT = (
        "NFeRetAutorizacao4",
        "nfeRetAutorizacaoLote",
        Endpoint.NFERETAUTORIZACAO,
        "nferetautorizacao4.wsdl",
    )
    CONSULT = (
        "NFeConsultaProtocolo4",
        "nfeConsultaNF",
        Endpoint.NFECONSULTAPROTOCOLO,
        "nfeconsulta4.wsdl",
    )
    STATUS = (
        "NFeStatusServico4",
        "nfeStatusServicoNF",
        Endpoint.NFESTATUSSERVICO,
        "nfestatusservico4.wsdl",
    )
    EVENT = (
        "NFeRecepcaoEvento4",
        "nfeRecepcaoEvento",
        Endpoint.RECEPCAOEVENTO,
        "recepcaoevento4.wsdl",
    )
    VOIDING = (
        "NFeInutilizacao4",
        "nfeInutilizacaoNF",
        Endpoint.NFEINUTILIZACAO,
        "nfeinutilizacao4.wsdl",
    )
    DISTRIBUTION = (
        "NFeDistribuicaoDFe",
        "nfeDistDFeInteresse",
        Endpoint.NFEDISTRIBUICAODFE,
        "nfedistribuicaodfe.wsdl",
    )
    REGISTRY = (
        "CadConsultaCadastro4",
        "consultaCadastro",
        Endpoint.NFECONSULTACADASTRO,
        "cadconsultacadastro4.wsdl",
    )

    def __init__(
        self, label: str, operation: str, endpoint: Endpoint, wsdl: str
    ) -> None:
        self.label = label
        self.operation = operation
        self.endpoint = endpoint
        self.wsdl = wsdl

    @property
    def namespace(self) -> str:
        """Namespace of nfeDadosMsg."""
        return _WSDL + self.label

    @property
    def action(self) -> str:
        """SOAP action."""
        return f"{self.namespace}/{self.operation}"


def locate(
    service: Service,
    *,
    state: str,
    environment: str,
    emission_type: str = NORMAL,
    base: str = "",
) -> str:
    """Address of a service.

    ``state`` in letters; ``emission_type`` names the office, see above; ``base``
    replaces the official address (simulator or own gateway): base + "/ws/" + name of
    the service, with "/svc-an", "/svc-rs" or "/an" after the base for the offices of
    contingency. ``ValueError`` for a service that the office
    does not offer, such as voiding in contingency.
    """
    if service is Service.DISTRIBUTION:
        emission_type = AN
    other = _OTHER_OFFICES.get(emission_type)
    if other and not _offers(emission_type, service):
        raise ValueError(f"{other} does not offer {service.label}")
    if base:
        folder = _FOLDERS.get(emission_type, "")
        return f"{base.rstrip('/')}{folder}/ws/{service.label}"
    table = servers[other or office_of(state)]
    production = environment == PRODUCTION
    addresses = table["prod_endpoints"] if production else table["dev_endpoints"]
    if service.endpoint not in addresses:
        raise ValueError(f"{other or office_of(state)} does not offer {service.label}")
    address = addresses[service.endpoint]
    return address.removesuffix("?wsdl").removesuffix("?WSDL")


def _offers(emission_type: str, service: Service) -> bool:
    if emission_type in (EPEC, AN, SVRS):
        return service in (Service.EVENT, Service.DISTRIBUTION)
    return service is not Service.VOIDING


def office_of(state: str) -> str:
    """The authorising office of a state, as named in nfelib's table."""
    if state not in STATE_CODES:
        raise ValueError(f"{state} is not a Brazilian state")
    if state in _OWN_OFFICE:
        return state
    return "SVAN" if state in _SVAN else "SVRS"


def contingency_of(state: str) -> str:
    """tpEmis of the contingency office of a state: SVC_AN or SVC_RS."""
    return SVC_RS if state in _SVC_RS_STATES else SVC_AN
