{
    "name": "Industry B2C Sales / NF-e in Batches",
    "summary": "The guard, the fiscal axis and the cancellation of a consumer's NF-e",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "author": "Industry B2C",
    "category": "Sales/Sales",
    "depends": ["industry_b2c_sales", "nfe_batch"],
    "data": ["views/sale_order_views.xml"],
    "auto_install": True,
    "installable": True,
}
