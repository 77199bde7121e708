"""The default catalogue: what a small furniture and houseware maker offers."""

from __future__ import annotations

from decimal import Decimal

from .records import CatalogItem

_ROWS = (
    ("CAD-ALT-01", "Cadeira alta para balcão em madeira", "289.90"),
    ("BAN-MAD-02", "Banqueta de madeira empilhável", "149.90"),
    ("MES-LAT-03", "Mesa lateral redonda pés palito", "219.90"),
    ("EST-PAR-04", "Estante de parede 3 prateleiras", "179.90"),
    ("ORG-GAV-05", "Organizador de gaveta modular 6 peças", "59.90"),
    ("CES-ROU-06", "Cesto de roupa com tampa 60 litros", "99.90"),
)

DEFAULT_CATALOG: tuple[CatalogItem, ...] = (
    *(
        CatalogItem(sku, f"B0SIMUL{number:03}", title, Decimal(price))
        for number, (sku, title, price) in enumerate(_ROWS, start=1)
    ),
    CatalogItem(
        "CAD-ALT-00",
        "B0SIMUL000",
        "Cadeira alta (modelo antigo)",
        Decimal("249.90"),
        quantity=0,
        status=("DISCOVERABLE",),
    ),
)
