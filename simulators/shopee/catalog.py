"""The default catalogue: products of a small furniture and houseware maker.

A product database that wants to receive the generated orders needs these SKUs.
"""

from __future__ import annotations

from decimal import Decimal

from .records import CatalogItem

DEFAULT_CATALOG: tuple[CatalogItem, ...] = (
    CatalogItem(
        801384301,
        2000458001,
        "CAD-ALT-01",
        "Cadeira Alta Para Balcão Em Madeira",
        Decimal("289.90"),
        "Natural",
        "7891234567895",
    ),
    CatalogItem(
        801384301,
        2000458002,
        "CAD-ALT-01-PT",
        "Cadeira Alta Para Balcão Em Madeira",
        Decimal("299.90"),
        "Preta",
    ),
    CatalogItem(
        801384302, 0, "BAN-MAD-02", "Banqueta De Madeira Empilhável", Decimal("149.90")
    ),
    CatalogItem(
        801384303,
        0,
        "MES-LAT-03",
        "Mesa Lateral Redonda Pés Palito",
        Decimal("219.90"),
    ),
    CatalogItem(
        801384305,
        0,
        "ORG-GAV-05",
        "Organizador De Gaveta Modular 6 Peças",
        Decimal("59.90"),
    ),
)
