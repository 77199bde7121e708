{
    "name": "NF-e in Batches",
    "summary": "NF-e 4.00 direct to the SEFAZ, in batches, safe to kill",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "author": "Industry B2C",
    "category": "Accounting/Localizations/EDI",
    "depends": ["l10n_br_account", "l10n_br_fiscal_edi", "l10n_br_fiscal_certificate", "queue_job"],
    "data": [],
    "installable": True,
}
