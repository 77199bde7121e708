{
    "name": "Marketplace: Amazon",
    "summary": "Amazon.com.br (Selling Partner API) on the marketplace connector",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "author": "Industry B2C",
    "category": "Sales/Sales",
    "depends": ["marketplace_connector"],
    "data": [
        "security/ir.model.access.csv",
        "wizard/marketplace_amazon_token_views.xml",
        "views/marketplace_account_views.xml",
    ],
    "installable": True,
}
