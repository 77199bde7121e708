{
    "name": "Marketplace: Shopee",
    "summary": "Shopee on the marketplace connector",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "author": "Industry B2C",
    "category": "Sales/Sales",
    "depends": ["marketplace_connector"],
    "data": ["views/marketplace_account_views.xml"],
    "installable": True,
}
