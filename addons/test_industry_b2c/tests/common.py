"""An order of a channel that went all the way to its label, and who looks at it."""

import io
from datetime import UTC, datetime, timedelta

from reportlab.pdfgen.canvas import Canvas

from odoo import Command
from odoo.tests import HttpCase, new_test_user

from odoo.addons.industry_b2c_sales_nfe_batch.tests.common import OrderNfeCase
from odoo.addons.marketplace_connector.domain.contract import TokenSet
from odoo.addons.marketplace_connector.tests.common import account_values, plug_in
from odoo.addons.marketplace_connector.tests.shop import Shop, order_of
from odoo.addons.queue_job.tests.common import trap_jobs


def label_pdf(reference):
    """A page that a browser can show."""
    page = io.BytesIO()
    canvas = Canvas(page, pagesize=(283, 425), invariant=1)
    canvas.drawString(30, 380, f"SHOP {reference}")
    canvas.save()
    return page.getvalue()


class OrderTourCase(HttpCase, OrderNfeCase):
    """``account`` is connected to ``shop``, a channel in memory; the pipeline of the
    NF-e is the real one. ``desk`` is a user of the order desk.

    The clock is the machine's, like the validity of the test's certificates.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = Shop()
        cls.shop.label_file = label_pdf
        plug_in(cls, lambda: cls.shop)
        cls.account = cls.env["marketplace.account"].create(account_values(cls.company))
        cls.env["marketplace.token"]._store(
            cls.account,
            TokenSet("access-1", datetime.now(UTC) + timedelta(hours=6), "refresh-1"),
        )
        cls.account.state = "active"
        cls.desk = new_test_user(
            cls.env,
            login="order_desk",
            groups="industry_b2c_sales.industry_b2c_sales_group_user,"
            "marketplace_connector.marketplace_connector_group_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            lang="pt_BR",
        )

    def labelled(self, external_id):
        """The sale order of a channel order, with its note and its label."""
        an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
        moments = dict.fromkeys(("created_at", "updated_at", "paid_at"), an_hour_ago)
        self.shop.put(order_of(external_id, **moments))
        bindings = self.env["marketplace.order"]
        with trap_jobs():
            bindings._read_and_apply(self.account, [external_id])
        order = bindings.search([("external_id", "=", external_id)]).sale_order_id
        order._b2c_advance()
        self._run_jobs()
        return order
