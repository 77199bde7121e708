"""The taxpayers of a state (CadConsultaCadastro4): who has which inscription.

Source: MOC 7.0, 5.6, layout 2.00. There is no published schema of it in the package
of the NF-e, so the answer is read by local name.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from . import schema
from .envelope import Unreadable
from .serializer import NAMESPACE

FOUND_ONE, FOUND_SEVERAL = 111, 112
ENABLED = "1"
"""cSit; 0 is a taxpayer that is not enabled."""
_CPF_LENGTH = 11


@dataclass(frozen=True, kw_only=True)
class Taxpayer:
    """infCad: an inscription."""

    inscription: str  # IE
    vat: str  # CNPJ or CPF
    state: str
    is_enabled: bool
    name: str


@dataclass(frozen=True, kw_only=True)
class RegistryAnswer:
    """retConsCad."""

    code: int
    reason: str
    taxpayers: tuple[Taxpayer, ...]

    @property
    def is_found(self) -> bool:
        """True for an answer with taxpayers."""
        return self.code in (FOUND_ONE, FOUND_SEVERAL)


def question(state: str, vat: str) -> bytes:
    """ConsCad for a CNPJ or CPF in a state of two letters."""
    name = "CPF" if len(vat) == _CPF_LENGTH else "CNPJ"
    return (
        f'<ConsCad xmlns="{NAMESPACE}" versao="2.00"><infCons>'
        f"<xServ>CONS-CAD</xServ><UF>{state}</UF><{name}>{vat}</{name}>"
        "</infCons></ConsCad>"
    ).encode()


def read(message: bytes) -> RegistryAnswer:
    """Read retConsCad; raises ``Unreadable`` for another message."""
    try:
        root = schema.parse(message)
    except etree.XMLSyntaxError as error:
        raise Unreadable("retConsCad expected, broken XML found") from error
    code = _text(root, "cStat")
    if etree.QName(root).localname != "retConsCad" or not code.isdigit():
        raise Unreadable("retConsCad with cStat expected")
    rows = [node for node in root.iter(etree.Element) if _is(node, "infCad")]
    return RegistryAnswer(
        code=int(code),
        reason=_text(root, "xMotivo"),
        taxpayers=tuple(
            Taxpayer(
                inscription=_text(row, "IE"),
                # Some states write it with dots and slashes.
                vat="".join(
                    char
                    for char in _text(row, "CNPJ") or _text(row, "CPF")
                    if char.isalnum()
                ),
                state=_text(row, "UF"),
                is_enabled=_text(row, "cSit") == ENABLED,
                name=_text(row, "xNome"),
            )
            for row in rows
        ),
    )


def _is(node: etree._Element, name: str) -> bool:
    return etree.QName(node).localname == name


def _text(root: etree._Element, name: str) -> str:
    found = next((node for node in root.iter(etree.Element) if _is(node, name)), None)
    return "" if found is None else (found.text or "").strip()
