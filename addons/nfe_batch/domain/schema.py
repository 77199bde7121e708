"""Validation against the official XSDs that nfelib ships, each loaded once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nfelib
from lxml import etree

_ROOT = Path(nfelib.__file__).parent
_FILES = {
    "NFe": "nfe/schemas/v4_0/nfe_v4.00.xsd",
    "nfeProc": "nfe/schemas/v4_0/procNFe_v4.00.xsd",
    "enviNFe": "nfe/schemas/v4_0/enviNFe_v4.00.xsd",
    "consReciNFe": "nfe/schemas/v4_0/consReciNFe_v4.00.xsd",
    "consSitNFe": "nfe/schemas/v4_0/consSitNFe_v4.00.xsd",
    "consStatServ": "nfe/schemas/v4_0/consStatServ_v4.00.xsd",
    "inutNFe": "nfe/schemas/v4_0/inutNFe_v4.00.xsd",
    "evento110110": "nfe_evento_cce/schemas/v1_0/CCe_v1.00.xsd",
    "evento110140": "nfe_epec/schemas/v1_0/EPEC_v1.00.xsd",
    "envEvento110140": "nfe_epec/schemas/v1_0/envEPEC_v1.00.xsd",
    "procEventoNFe110140": "nfe_epec/schemas/v1_0/procEPEC_v1.00.xsd",
    "procInutNFe": "nfe/schemas/v4_0/procInutNFe_v4.00.xsd",
    "evento110111": "nfe_evento_cancel/schemas/v1_0/eventoCancNFe_v1.00.xsd",
    "envEvento": "nfe_evento_cancel/schemas/v1_0/envEventoCancNFe_v1.00.xsd",
    "envEvento110110": "nfe_evento_cce/schemas/v1_0/envCCe_v1.00.xsd",
    "evento110130": "nfe_entrega/schemas/v1_0/EventoEntregaNFe_v1.00.xsd",
    "evento110131": "nfe_entrega/schemas/v1_0/EventoCancEntregaNFe_v1.00.xsd",
    "evento110192": "nfe_insucesso/schemas/v1_0/EventoInsucessoNFe_v1.00.xsd",
    "evento110193": "nfe_insucesso/schemas/v1_0/EventoCancInsucessoNFe_v1.00.xsd",
    "procEventoNFe110130": "nfe_entrega/schemas/v1_0/procEventoEntregaNFe_v1.00.xsd",
    "procEventoNFe110192": (
        "nfe_insucesso/schemas/v1_0/procEventoInsucessoNFe_v1.00.xsd"
    ),
    "distDFeInt": "nfe_dist_dfe/schemas/v1_0/distDFeInt_v1.01.xsd",
    "retDistDFeInt": "nfe_dist_dfe/schemas/v1_0/retDistDFeInt_v1.01.xsd",
    "procEventoNFe": "nfe_evento_cancel/schemas/v1_0/procEventoCancNFe_v1.00.xsd",
    "procEventoNFe110110": "nfe_evento_cce/schemas/v1_0/procCCeNFe_v1.00.xsd",
}


@dataclass(frozen=True)
class SchemaError:
    """One finding of the validator, without the namespaces.

    ``element`` is a readable path such as ``infNFe/det[2]/prod/NCM``.
    """

    element: str
    message: str

    def __str__(self) -> str:
        return self.message


class SchemaInvalid(Exception):
    """Bytes that the SEFAZ would refuse with 215 or 225; ``errors`` says why."""

    def __init__(self, errors: tuple[SchemaError, ...]) -> None:
        super().__init__("; ".join(str(error) for error in errors))
        self.errors = errors


def errors(name: str, content: bytes) -> tuple[SchemaError, ...]:
    """Every finding for a message of kind ``name``; empty when it is valid."""
    validator = _schema(name)
    try:
        document = parse(content)
    except etree.XMLSyntaxError as error:
        return (SchemaError("", str(error)),)
    if validator.validate(document):
        return ()
    return tuple(
        SchemaError(_readable(document, found.path), _short(found.message))
        for found in validator.error_log
    )


def require(name: str, content: bytes) -> None:
    """Raise ``SchemaInvalid`` when there are findings."""
    found = errors(name, content)
    if found:
        raise SchemaInvalid(found)


def parse(content: bytes) -> etree._Element:
    """Parse bytes of the outside world: no entities, no network."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(content, parser)


@cache
def _schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(_ROOT / _FILES[name]))


def _readable(document: etree._Element, path: str | None) -> str:
    """libxml2 gives the position of each step; names and nItem say more."""
    nodes = document.xpath(path) if path else []
    if not nodes:
        return ""
    steps = []
    for node in (nodes[0], *nodes[0].iterancestors()):
        place = node.get("nItem")
        steps.append(etree.QName(node).localname + (f"[{place}]" if place else ""))
    return "/".join(reversed(steps[:-1]))


def _short(text: str) -> str:
    for namespace in (
        "{http://www.portalfiscal.inf.br/nfe}",
        "{http://www.w3.org/2000/09/xmldsig#}",
    ):
        text = text.replace(namespace, "")
    return text
