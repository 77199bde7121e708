{
    "name": "Industry B2C",
    "summary": "Sell single units to consumers beside the pallets for distributors",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "author": "Industry B2C",
    "category": "Sales/Sales",
    "depends": ["marketplace_mercadolivre", "industry_b2c_sales_nfe_batch", "l10n_br_coa_generic"],
    "data": [],
    "installable": True,
}
