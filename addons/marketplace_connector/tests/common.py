"""An active account of a channel in memory, in the company of ``B2cCase``."""

import hashlib

from freezegun import freeze_time

from odoo.addons.industry_b2c_sales.tests.common import B2cCase
from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import ChannelEvent, Feature
from .shop import NOW, SELLER, Killed, Shop, TokenSet, order_of, timedelta


def plug_in(case, shop):
    """Make ``shop`` a channel of this process for the life of a test class."""
    model = case.env.registry["marketplace.account"]
    channel = model._fields["channel"]
    case.classPatch(channel, "_selection", {**channel._selection, "shop": "Shop"})
    case.classPatch(
        model, "_adapter_class", lambda self: lambda **params: shop().adapter(**params)
    )


def account_values(company, **changes):
    return {
        "name": "Loja Exemplo",
        "channel": "shop",
        "external_ref": SELLER,
        "company_id": company.id,
        "client_id": "app",
        "client_secret": "secret",
        "import_from": NOW.replace(tzinfo=None) - timedelta(days=1),
    } | changes


class ConnectorCase(B2cCase):
    """``account`` is connected to ``shop``; the clock stands at 12:10 UTC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plug_in(cls, lambda: cls.shop)
        cls.shop = Shop()
        cls.account = cls.env["marketplace.account"].create(account_values(cls.company))
        cls.env["marketplace.token"]._store(
            cls.account,
            TokenSet("access-1", NOW + timedelta(hours=6), "refresh-1"),
        )
        cls.account.state = "active"
        cls.inbox = cls.env["marketplace.inbox"]

    def setUp(self):
        super().setUp()
        type(self).shop = Shop()
        self.clock = freeze_time(NOW + timedelta(minutes=10))
        self.frozen = self.clock.start()
        self.addCleanup(self.clock.stop)
        self.enterContext(self.enter_registry_test_mode())

    # ------------------------------------------------------------ steps

    def hint(self, external_id, event=None, kind="order"):
        """The channel says that something changed; how many hints were new."""
        key = event or hashlib.sha1(external_id.encode()).hexdigest()
        return self.inbox._insert(
            self.account, [ChannelEvent(SELLER, "orders", kind, external_id, key)]
        )

    def drain(self):
        """Hand what waits to jobs and run them; the jobs' own jobs stay trapped."""
        with trap_jobs() as trap:
            self.inbox._drain()
            jobs = [job for job in trap.enqueued_jobs if job.method_name == "_process"]
            for job in jobs:
                job.perform()
        return jobs

    def read(self, *orders):
        """Read orders as a notification would; their bindings."""
        self.shop.put(*orders)
        ids = [order.external_id for order in orders]
        with trap_jobs():
            self.errors = self.env["marketplace.order"]._read_and_apply(
                self.account, ids
            )
        return self.env["marketplace.order"].search([("external_id", "in", ids)])

    def authorised(self, external_id="9001", **changes):
        """A channel order whose NF-e was just authorised; its outbox row."""
        binding = self.read(order_of(external_id, **changes))
        sale = binding.sale_order_id
        with trap_jobs():
            sale._b2c_advance()
            document = sale.invoice_ids.fiscal_document_id
            document.action_document_send()
            document.nfe_proc_id = self.env["ir.attachment"].create(
                {"name": "nfe.xml", "raw": b"<nfeProc/>"}
            )
            document._nfe_after_authorize()
        return self.env["marketplace.outbox"].search(
            [("document_id", "=", document.id)]
        )

    def send(self, rows):
        """Run the sending job of these rows; the jobs that it left."""
        with trap_jobs() as trap:
            rows._send()
            return trap.enqueued_jobs

    def killed(self, work):
        """The worker dies in the middle of ``work``; what it committed stays."""
        # No assertRaises: it rolls back what other transactions have committed, too.
        try:
            work()
        except Killed:
            self.env.invalidate_all(flush=False)
        else:
            self.fail("it was not killed")

    def labels(self, parcels):
        with trap_jobs():
            parcels._fetch_labels()


class CommandCase(ConnectorCase):
    """An account of a channel that can be told things."""

    features = (
        Feature.CANCEL,
        Feature.ANSWER_CANCEL,
        Feature.INVOICE_CANCELLED,
        Feature.OWN_TRACKING,
    )

    def setUp(self):
        super().setUp()
        self.shop.offer(*self.features)

    @classmethod
    def setUpClass(cls):
        """Order 9001 is here already: making it costs more than most tests."""
        super().setUpClass()
        with freeze_time(NOW + timedelta(minutes=10)):
            case = cls("run")
            with case.enter_registry_test_mode():
                cls.given = case._make_given()

    def _make_given(self):
        return self.read(order_of("9001")).sale_order_id

    def sale(self, external_id="9001", **changes):
        """A channel order that became a sale."""
        if external_id == "9001":
            self.shop.put(order_of(external_id))
            return self.given
        return self.read(order_of(external_id, **changes)).sale_order_id

    def plan(self, sale):
        """Run the plan of the cancellation; the step that tells the channel."""
        with trap_jobs():
            sale._b2c_run_cancellation()
        return sale.b2c_cancel_step_ids.filtered(lambda s: s.step == "tell_channel")

    def cancelled_by_seller(self, sale):
        with trap_jobs():
            sale.with_user(self.operator)._b2c_cancel("seller", "no carrier goes there")
        return self.plan(sale)

    def again(self, external_id="9001"):
        """The order is read once more."""
        with trap_jobs():
            self.env["marketplace.order"]._read_and_apply(self.account, [external_id])

    def operator_of_channel(self):
        group = self.env.ref("marketplace_connector.marketplace_connector_group_user")
        self.operator.group_ids += group
        return self.operator

    def run_commands(self, commands=None):
        rows = commands or self.commands()
        with trap_jobs():
            rows._run()
        return rows

    def commands(self, **domain):
        return self.env["marketplace.command"].search(
            [(name, "=", value) for name, value in domain.items()]
        )


class NoteCase(CommandCase):
    """The same with the NF-e of order 9001 just authorised; ``given`` is its row."""

    def _make_given(self):
        return super().authorised()

    def authorised(self, external_id="9001", **changes):
        if external_id == "9001":
            self.shop.put(order_of(external_id))
            return self.given
        return super().authorised(external_id, **changes)

    def sale(self, external_id="9002", **changes):
        return super().sale(external_id, **changes)
