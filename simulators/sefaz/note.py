"""A read-only view of one NF-e."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lxml import etree

from .cstat import Rejection
from .keys import AccessKey
from .schemas import NFE, parse

ZERO = Decimal(0)


def qualified(path: str) -> str:
    """Put the NF-e namespace in front of every step of a path."""
    return "/".join(
        step if step in (".", "..", "*", "") else f"{{{NFE}}}{step}"
        for step in path.split("/")
    )


def text(element: etree._Element, path: str) -> str:
    """Text at ``path``, or an empty string."""
    return element.findtext(qualified(path), "")


def money(element: etree._Element, path: str) -> Decimal:
    """Value at ``path``; what is absent counts as zero."""
    return Decimal(element.findtext(qualified(path)) or 0)


@dataclass(frozen=True)
class Note:
    """``raw`` are the signed bytes, ``root`` the parsed <NFe>."""

    raw: bytes
    root: etree._Element

    @classmethod
    def read(cls, raw: bytes) -> Note:
        """Parse a slice; it must declare the namespace itself (587)."""
        root = parse(raw)
        if root.tag != f"{{{NFE}}}NFe":
            raise Rejection(587)
        return cls(raw, root)

    @property
    def info(self) -> etree._Element:
        """infNFe."""
        return self.root.find(qualified("infNFe"))

    @property
    def key(self) -> AccessKey:
        """The key in the Id."""
        return AccessKey(self.info.get("Id", "")[3:])

    @property
    def items(self) -> list[etree._Element]:
        """The det elements."""
        return self.info.findall(qualified("det"))

    @property
    def issuer(self) -> str:
        """CNPJ, or CPF, of the emitter."""
        return self.text("emit/CNPJ") or self.text("emit/CPF")

    @property
    def issued(self) -> datetime:
        """dhEmi."""
        return datetime.fromisoformat(self.text("ide/dhEmi"))

    @property
    def is_sale(self) -> bool:
        """An ordinary outgoing note."""
        return self.text("ide/tpNF") == "1" and self.text("ide/finNFe") == "1"

    @property
    def to_consumer_elsewhere(self) -> bool:
        """Interstate, final consumer, not a taxpayer: the case of DIFAL."""
        return (
            self.text("ide/idDest") == "2"
            and self.text("ide/indFinal") == "1"
            and self.text("dest/indIEDest") == "9"
        )

    def text(self, path: str) -> str:
        """Text below infNFe."""
        return text(self.info, path)

    def total(self, name: str) -> Decimal:
        """A field of ICMSTot."""
        return money(self.info, f"total/ICMSTot/{name}")
