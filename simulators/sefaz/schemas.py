"""The official XSDs, as shipped by nfelib, each loaded once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import nfelib
from lxml import etree

NFE = "http://www.portalfiscal.inf.br/nfe"
DS = "http://www.w3.org/2000/09/xmldsig#"

_ROOT = Path(nfelib.__file__).parent
_OWN = Path(__file__).parent
"""For the layout that nfelib ships no XSD of."""

_FILES = {
    "enviNFe": "nfe/schemas/v4_0/enviNFe_v4.00.xsd",
    "consReciNFe": "nfe/schemas/v4_0/consReciNFe_v4.00.xsd",
    "consSitNFe": "nfe/schemas/v4_0/consSitNFe_v4.00.xsd",
    "consStatServ": "nfe/schemas/v4_0/consStatServ_v4.00.xsd",
    "inutNFe": "nfe/schemas/v4_0/inutNFe_v4.00.xsd",
    "envEvento": "nfe_evento_generico/schemas/v1_0/envEvento_v1.00.xsd",
    "retEnviNFe": "nfe/schemas/v4_0/retEnviNFe_v4.00.xsd",
    "retConsReciNFe": "nfe/schemas/v4_0/retConsReciNFe_v4.00.xsd",
    "retConsSitNFe": "nfe/schemas/v4_0/retConsSitNFe_v4.00.xsd",
    "retConsStatServ": "nfe/schemas/v4_0/retConsStatServ_v4.00.xsd",
    "retInutNFe": "nfe/schemas/v4_0/retInutNFe_v4.00.xsd",
    "retEnvEvento": "nfe_evento_generico/schemas/v1_0/retEnvEvento_v1.00.xsd",
    "distDFeInt": "nfe_dist_dfe/schemas/v1_0/distDFeInt_v1.01.xsd",
    "retDistDFeInt": "nfe_dist_dfe/schemas/v1_0/retDistDFeInt_v1.01.xsd",
    "resNFe": "nfe_dist_dfe/schemas/v1_0/resNFe_v1.01.xsd",
    "resEvento": "nfe_dist_dfe/schemas/v1_0/resEvento_v1.01.xsd",
    "ConsCad": str(_OWN / "consCad_v2.00.xsd"),
    "retConsCad": str(_OWN / "consCad_v2.00.xsd"),
    "110110": "nfe_evento_cce/schemas/v1_0/CCe_v1.00.xsd",
    "110111": "nfe_evento_cancel/schemas/v1_0/eventoCancNFe_v1.00.xsd",
    "110140": "nfe_epec/schemas/v1_0/EPEC_v1.00.xsd",
    "110130": "nfe_entrega/schemas/v1_0/EventoEntregaNFe_v1.00.xsd",
    "110131": "nfe_entrega/schemas/v1_0/EventoCancEntregaNFe_v1.00.xsd",
    "110192": "nfe_insucesso/schemas/v1_0/EventoInsucessoNFe_v1.00.xsd",
    "110193": "nfe_insucesso/schemas/v1_0/EventoCancInsucessoNFe_v1.00.xsd",
}
"""By root element of the message, or by type of the event."""

EVENT_TYPES = frozenset(name for name in _FILES if name.isdigit())


@cache
def schema(name: str) -> etree.XMLSchema:
    """Return the compiled schema of a message or of an event type."""
    return etree.XMLSchema(file=str(_ROOT / _FILES[name]))


def first_error(name: str, element: etree._Element) -> str | None:
    """Validate and return the first error, shortened, or None."""
    validator = schema(name)
    if validator.validate(element):
        return None
    message = validator.error_log[0].message
    return message.replace(f"{{{NFE}}}", "").replace(f"{{{DS}}}", "")


def parse(content: bytes) -> etree._Element:
    """Parse a message; entities and the network stay out of reach."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(content, parser)
