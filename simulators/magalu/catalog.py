"""What the seller offers when nobody says otherwise: the demo company's products."""

from __future__ import annotations

from decimal import Decimal

from .records import CatalogItem

DEFAULT_CATALOG = (
    CatalogItem(
        "CAD-ALT-01", "Cadeira alta para balcão", Decimal("289.90"), "7890000000029"
    ),
    CatalogItem(
        "BAN-MAD-02", "Banqueta de madeira", Decimal("149.90"), "7890000000012"
    ),
    CatalogItem(
        "MES-LAT-03", "Mesa lateral redonda", Decimal("219.90"), "7890000000036"
    ),
    CatalogItem(
        "EST-ANT-09", "Estante fora de linha", Decimal("499.00"), status="UNPUBLISHED"
    ),
)
