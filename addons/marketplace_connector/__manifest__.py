{
    "name": "Marketplace Connector",
    "summary": "Accounts, inbox, orders, fiscal outbox and labels of marketplaces",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "author": "Industry B2C",
    "category": "Sales/Sales",
    "depends": ["industry_b2c_sales", "nfe_batch"],
    "data": [],
    "installable": True,
}
