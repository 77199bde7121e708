from odoo.tests import TransactionCase, new_test_user

APPLICATION = "amzn1.sp.solution.teste"


class AmazonCase(TransactionCase):
    """A company with one account of Amazon, and the people around it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Fábrica de Teste"})
        cls.account = cls.env["marketplace.account"].create(
            {
                "name": "Loja de Teste",
                "channel": "amazon",
                "company_id": cls.company.id,
                "client_id": "amzn1.application-oa2-client.teste",
                "client_secret": "not-a-real-secret",
                "amazon_application_id": APPLICATION,
            }
        )
        cls.user = cls._person("amazon_user", "marketplace_connector_group_user")
        cls.manager = cls._person(
            "amazon_manager", "marketplace_connector_group_manager"
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
