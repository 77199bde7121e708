{
    "name": "NF-e in Batches / Stock Delivery",
    "summary": "The packages of the delivery are the volumes of the NF-e",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "author": "Industry B2C",
    "category": "Accounting/Localizations/EDI",
    "depends": ["nfe_batch", "stock_delivery"],
    "data": ["views/fiscal_document_views.xml"],
    "auto_install": True,
    "installable": True,
}
