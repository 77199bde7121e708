"""The default catalogue: six products of a small furniture and houseware maker.

A product database that wants to receive the generated orders needs these SKUs.
"""

from __future__ import annotations

from decimal import Decimal

from .records import CatalogItem

DEFAULT_CATALOG: tuple[CatalogItem, ...] = (
    CatalogItem(
        item_id="MLB4510027301",
        variation_id=181200457301,
        seller_sku="CAD-ALT-01",
        title="Cadeira Alta Para Balcão Em Madeira",
        price=Decimal("289.90"),
        category_id="MLB193945",
        height=100,
        width=45,
        length=45,
        weight=6200,
    ),
    CatalogItem(
        item_id="MLB4510027302",
        variation_id=None,
        seller_sku="BAN-MAD-02",
        title="Banqueta De Madeira Empilhável",
        price=Decimal("149.90"),
        category_id="MLB193945",
        height=48,
        width=36,
        length=36,
        weight=3100,
    ),
    CatalogItem(
        item_id="MLB4510027303",
        variation_id=None,
        seller_sku="MES-LAT-03",
        title="Mesa Lateral Redonda Pés Palito",
        price=Decimal("219.90"),
        category_id="MLB193935",
        height=20,
        width=55,
        length=55,
        weight=5400,
    ),
    CatalogItem(
        item_id="MLB4510027304",
        variation_id=181200457304,
        seller_sku="EST-PAR-04",
        title="Estante De Parede 3 Prateleiras",
        price=Decimal("179.90"),
        category_id="MLB193938",
        height=12,
        width=30,
        length=90,
        weight=4800,
    ),
    CatalogItem(
        item_id="MLB4510027305",
        variation_id=181200457305,
        seller_sku="ORG-GAV-05",
        title="Organizador De Gaveta Modular 6 Peças",
        price=Decimal("59.90"),
        category_id="MLB264060",
        height=8,
        width=25,
        length=35,
        weight=900,
    ),
    CatalogItem(
        item_id="MLB4510027306",
        variation_id=None,
        seller_sku="CES-ROU-06",
        title="Cesto De Roupa Com Tampa 60 Litros",
        price=Decimal("99.90"),
        category_id="MLB264061",
        height=60,
        width=40,
        length=40,
        weight=2100,
    ),
)
