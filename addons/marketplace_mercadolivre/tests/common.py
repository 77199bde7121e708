from odoo.tests import TransactionCase, new_test_user


class MercadoLivreCase(TransactionCase):
    """A company with one account of Mercado Livre, and the people around it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Fábrica de Teste"})
        cls.account = cls.env["marketplace.account"].create(
            {
                "name": "Loja de Teste",
                "channel": "mercadolivre",
                "company_id": cls.company.id,
                "client_id": "7000000000000001",
                "client_secret": "not-a-real-secret",
            }
        )
        cls.user = cls._person("ml_user", "marketplace_connector_group_user")
        cls.manager = cls._person("ml_manager", "marketplace_connector_group_manager")

    @classmethod
    def _person(cls, login, group):
        return new_test_user(
            cls.env,
            login=login,
            groups=f"marketplace_connector.{group}",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
