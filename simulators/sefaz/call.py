"""One request as the services see it, and the checks all of them share.

MOC 7.0 anexo I, groups B (message) and D (data area).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from .cstat import Rejection
from .office import Office
from .schemas import NFE, first_error, parse
from .wsdl import Service

LOT_CODES = frozenset(
    {108, 109, 113, 114, 214, 215, 225, 239, 243, 402, 404, 452, 516, 588, 656, 764}
    | {999, *range(280, 287)}
)
"""Codes about a message as a whole; any other code is about one note."""

_PREFIX = re.compile(rb"</?[A-Za-z_][\w.-]*:[\w.-]+[\s/>]")
_BETWEEN_TAGS = re.compile(rb">\s+<")
_KEY = re.compile(rb'(?:<chNFe>|Id="NFe)(\d{6}[0-9A-Z]{12}\d{26})')
_REFERENCE = re.compile(rb"<(?:chNFe|nRec|idLote)>(\w+)</")


@dataclass
class Call:
    """A message of a known client, and what came out of it.

    ``root`` is set once the message passed ``inspect``; ``forced`` is the answer
    a test ordered. ``cstat`` and ``results`` go to the request log.
    """

    service: Service
    message: bytes
    cnpj: str = ""
    forced: Rejection | None = None
    root: etree._Element | None = None
    cstat: int | None = None
    results: dict[str, int] = field(default_factory=dict)

    def raise_forced(self) -> None:
        """Refuse with the answer a test ordered, if it ordered one."""
        if self.forced:
            raise self.forced

    def raise_forced_lot(self) -> None:
        """The same, for an answer that concerns the message as a whole."""
        if self.forced and self.forced.code in LOT_CODES:
            raise self.forced

    @property
    def keys(self) -> list[str]:
        """Access keys in the message, in order, each once."""
        found = _KEY.findall(self.message)
        return list(dict.fromkeys(key.decode() for key in found))

    @property
    def reference(self) -> str:
        """Key, receipt or lot number, for answers that must repeat it."""
        found = _REFERENCE.search(self.message)
        return found.group(1).decode() if found else ""

    def inspect(self, office: Office) -> None:
        """Check size, encoding, form, version and schema of the message."""
        message = self.message
        if len(message) > office.settings.max_bytes:
            raise Rejection(214)
        if _BETWEEN_TAGS.search(message) or message != message.strip():
            raise Rejection(588)
        if _PREFIX.search(message):
            raise Rejection(404)
        try:
            root = parse(message)
        except etree.XMLSyntaxError as error:
            raise Rejection(243, str(error)) from error
        self._check_root(root)
        error_text = first_error(self.service.request, root)
        if error_text:
            code = 225 if self.service.request == "enviNFe" else 215
            raise Rejection(code, error_text)
        self.root = root

    def _check_root(self, root: etree._Element) -> None:
        name = etree.QName(root)
        if name.localname != self.service.request:
            raise Rejection(516)
        if name.namespace != NFE:
            raise Rejection(587)
        if root.get("versao") != self.service.version:
            raise Rejection(239)
