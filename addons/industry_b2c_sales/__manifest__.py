{
    "name": "Industry B2C Sales",
    "summary": "CPF consumers and single-unit sales on the living order",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "author": "Industry B2C",
    "category": "Sales/Sales",
    "depends": [
        "sale_stock",
        "stock_delivery",
        "l10n_br_sale",
        "queue_job",
        "product_dimension",
    ],
    "data": [],
    "installable": True,
}
