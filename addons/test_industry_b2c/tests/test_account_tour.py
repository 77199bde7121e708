from datetime import UTC, datetime

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.marketplace_connector.domain.contract import ChannelEvent, RateLimited
from odoo.addons.marketplace_connector.domain.http import CallRecord
from odoo.addons.marketplace_connector.models.marketplace_bucket import Limiter
from odoo.addons.marketplace_connector.models.marketplace_call_log import CallLogger
from odoo.addons.marketplace_connector.tests.common import account_values
from odoo.addons.marketplace_connector.tests.shop import SELLER


@tagged("post_install", "-at_install")
class TestAccountTour(HttpCase):
    """The operator's cockpit and the guided connection, in a browser, in Portuguese."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("pt_BR")
        cls.company = cls.env.company
        # In Portuguese a browser knows only channels that are in the database.
        cls.account = cls.env["marketplace.account"].create(
            account_values(cls.company, channel="mercadolivre")
        )
        cls.account._activate()

    def person(self, level):
        return new_test_user(
            self.env,
            login=f"channel_{level}",
            groups=f"marketplace_connector.marketplace_connector_group_{level}",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
            lang="pt_BR",
            tz="America/Sao_Paulo",
        )

    def given_up(self, *ids):
        inbox = self.env["marketplace.inbox"]
        events = [ChannelEvent(SELLER, "orders", "order", i, f"e-{i}") for i in ids]
        inbox._insert(self.account, events, auth="valid")
        rows = inbox.search([("account_id", "=", self.account.id)])
        rows.write({"state": "dead", "attempts": 8, "error": "Transient: gateway"})

    def test_operator_sees_what_is_wrong_and_replays_it(self):
        log = CallLogger(self.account)
        for _call in range(3):
            now = datetime.now(UTC)
            log(CallRecord("GET", "/orders/{id}", "1", 429, 9, now, "RateLimited"))
        Limiter(self.account).close("GET /orders/{id}", RateLimited(retry_after=3600))
        self.given_up("9001", "9002")
        self.start_tour(
            "/odoo/marketplace-cockpit",
            "test_industry_b2c.cockpit",
            login=self.person("user").login,
        )
        rows = self.env["marketplace.inbox"].search(
            [("account_id", "=", self.account.id)]
        )
        self.assertEqual(set(rows.mapped("state")), {"new"})

    def test_manager_is_led_through_the_connection(self):
        account = self.env["marketplace.account"].create(
            account_values(
                self.company,
                name="Loja Nova",
                channel="mercadolivre",
                external_ref=False,
            )
        )
        self.start_tour(
            f"/odoo/marketplace-accounts/{account.id}",
            "test_industry_b2c.connect",
            login=self.person("manager").login,
        )
        self.assertTrue(account.hook_registered)
