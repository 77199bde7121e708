from odoo.tests import TransactionCase, new_test_user


class ShopeeCase(TransactionCase):
    """A company with one shop at Shopee, and the people around it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Fábrica de Teste"})
        cls.account = cls.env["marketplace.account"].create(
            {
                "name": "Loja de Teste",
                "channel": "shopee",
                "company_id": cls.company.id,
                "client_id": "2001887",
                "client_secret": "not-a-real-key",
            }
        )
        cls.user = cls._person("shopee_user", "marketplace_connector_group_user")
        cls.manager = cls._person(
            "shopee_manager", "marketplace_connector_group_manager"
        )

    @classmethod
    def _person(cls, login, group):
        return new_test_user(
            cls.env,
            login=login,
            groups=f"marketplace_connector.{group}",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
