from odoo import Command, api, models

TAXES = {
    "tax_framework": "3",
    "is_industry": True,
    "ripi": True,
    "delivery_costs": "total",
}
REFERENCES = {
    "icms_regulation_id": "l10n_br_fiscal.tax_icms_regulation",
    "document_type_id": "l10n_br_fiscal.document_55",
    "piscofins_id": "l10n_br_fiscal.tax_pis_cofins_nao_columativo",
    "sale_fiscal_operation_id": "l10n_br_fiscal.fo_venda",
    "tax_classification_id": "l10n_br_fiscal.tax_classification_000001",
}
ADDRESS = {
    "street_name": "Rua das Araucárias",
    "street_number": "1200",
    "district": "Distrito Industrial",
    "zip": "13054-750",
    "phone": "(19) 3000-0000",
    "email": "fiscal@industria.example",
}
STOCK_PER_PRODUCT = 10000


class IndustryB2cDemo(models.AbstractModel):
    """Make a company that shows the suite: a maker of furniture in São Paulo.

    Called once on a fresh database by the demo and by the tests of the whole flow.
    Every step finds what an earlier call made, so a second call changes nothing.
    """

    _name = "industry.b2c.demo"
    _description = "Demo Company of the Industry B2C Suite"

    @api.model
    def _load(self, company, products, certificate, users=()):
        """Return the company, ready to sell.

        :param company: dict with ``name``, ``vat`` (CNPJ), ``state_registration``
        :param products: list of dicts with ``sku``, ``name``, ``price``, ``ncm``,
            ``weight`` (kg), ``length``, ``width``, ``height`` (cm)
        :param certificate: dict with ``content`` (PFX, base64 text) and ``password``
        :param users: list of dicts with ``login``, ``password``, ``name`` and
            ``groups`` (xmlids)
        """
        record = self._company(company)
        self = self.with_company(record).with_context(allowed_company_ids=record.ids)
        self._fiscal(record)
        warehouse = self._warehouse(record)
        self._products(products, warehouse)
        self._certificate(record, certificate)
        self._users(record, users)
        return record

    @api.model
    def _company(self, values):
        Company = self.env["res.company"]
        company = Company.search([("name", "=", values["name"])], limit=1)
        if company:
            return company
        brazil = self.env.ref("base.br")
        # The chart is loaded below by name; core would guess another one.
        company = Company.with_context(chart_template_load=True).create(
            {
                "name": values["name"],
                "country_id": brazil.id,
                "state_id": self.env.ref("base.state_br_sp").id,
                "currency_id": self.env.ref("base.BRL").id,
            }
        )
        (self.env.user | self.env.ref("base.user_admin")).write(
            {"company_ids": [Command.link(company.id)], "company_id": company.id}
        )
        self.env["account.chart.template"].try_loading(
            "br_oca_generic", company=company, install_demo=False
        )
        company.partner_id.write(
            {
                **ADDRESS,
                "vat": values["vat"],
                "l10n_br_ie_code": values["state_registration"],
                "legal_name": values["name"],
                "city_id": self.env.ref("l10n_br_base.city_3509502").id,
                "tz": "America/Sao_Paulo",
                "lang": "pt_BR",
            }
        )
        return company.with_context(chart_template_load=False)

    @api.model
    def _fiscal(self, company):
        references = {
            name: self.env.ref(xmlid).id for name, xmlid in REFERENCES.items()
        }
        company.write({**TAXES, **references})
        company._onchange_piscofins_id()
        company._onchange_tax_classification_id()
        Serie = self.env["l10n_br_fiscal.document.serie"]
        document_type = self.env.ref(REFERENCES["document_type_id"])
        if not Serie.search_count(
            [
                ("company_id", "=", company.id),
                ("document_type_id", "=", document_type.id),
            ]
        ):
            Serie.create(
                {
                    "code": "1",
                    "name": "E-commerce",
                    "document_type_id": document_type.id,
                    "company_id": company.id,
                }
            )

    @api.model
    def _warehouse(self, company):
        Warehouse = self.env["stock.warehouse"]
        return Warehouse.search(
            [("company_id", "=", company.id)], limit=1
        ) or Warehouse.create(
            {"name": "Expedição E-commerce", "code": "ECOM", "company_id": company.id}
        )

    @api.model
    def _products(self, products, warehouse):
        Product = self.env["product.product"]
        for values in products:
            if Product.search_count([("default_code", "=", values["sku"])]):
                continue
            ncm = self.env["l10n_br_fiscal.ncm"].search(
                [("code", "=", values["ncm"])], limit=1
            )
            product = Product.create(
                {
                    "name": values["name"],
                    "default_code": values["sku"],
                    "type": "consu",
                    "is_storable": True,
                    "invoice_policy": "order",
                    "list_price": values["price"],
                    "standard_price": values["price"] / 2,
                    "weight": values["weight"],
                    "dimensional_uom_id": self.env.ref("uom.product_uom_cm").id,
                    "product_length": values["length"],
                    "product_width": values["width"],
                    "product_height": values["height"],
                    "ncm_id": ncm.id,
                    # Finished good of our own make: CFOP 5101 / 6107.
                    "fiscal_type": "04",
                    "icms_origin": "0",
                    "tax_icms_or_issqn": "icms",
                }
            )
            self.env["stock.quant"]._update_available_quantity(
                product, warehouse.lot_stock_id, STOCK_PER_PRODUCT
            )

    @api.model
    def _certificate(self, company, values):
        if company.certificate_id:
            return
        company.certificate_id = self.env["certificate.certificate"].create(
            {
                "name": "A1",
                "content": values["content"],
                "pkcs12_password": values["password"],
                "scope": "l10n_br",
                "company_id": company.id,
            }
        )

    @api.model
    def _users(self, company, users):
        Users = self.env["res.users"].with_context(no_reset_password=True)
        for values in users:
            if Users.search_count([("login", "=", values["login"])]):
                continue
            groups = [self.env.ref(xmlid).id for xmlid in values["groups"]]
            Users.create(
                {
                    "name": values["name"],
                    "login": values["login"],
                    "password": values["password"],
                    "lang": "pt_BR",
                    "tz": "America/Sao_Paulo",
                    "company_id": company.id,
                    "company_ids": [Command.set(company.ids)],
                    "group_ids": [Command.set(groups)],
                }
            )
