{
    "name": "Industry B2C",
    "summary": "Sell single units to consumers beside the pallets for distributors",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "author": "Industry B2C",
    "category": "Sales/Sales",
    "application": True,
    "depends": [
        "industry_b2c_sales_nfe_batch",
        "marketplace_magalu",
        "marketplace_mercadolivre",
        "l10n_br_coa_generic",
    ],
    "data": ["views/menus.xml"],
    "installable": True,
}
