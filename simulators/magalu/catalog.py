"""What the seller offers when nobody says otherwise."""

from __future__ import annotations

from decimal import Decimal

from .records import CatalogItem

DEFAULT_CATALOG = (
    CatalogItem("MESA-01", "Mesa dobrável", Decimal("349.90"), "7890000000012"),
    CatalogItem("CAD-01", "Cadeira de madeira", Decimal("199.90"), "7890000000029"),
    CatalogItem("BAN-01", "Banqueta alta", Decimal("129.00"), "7890000000036"),
    CatalogItem(
        "EST-09", "Estante fora de linha", Decimal("499.00"), status="UNPUBLISHED"
    ),
)
