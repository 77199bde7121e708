from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.axes import Axis, OrderState
from ..domain.guard import OPERATIONS, LiveStatus
from .common import NOW, SOURCE, B2cCase, intake, line


@tagged("post_install", "-at_install")
class TestControl(B2cCase):
    """A person holds an order, releases it, or overrides the guard; all is logged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chief = new_test_user(
            cls.env,
            login="b2c_chief",
            groups="industry_b2c_sales.industry_b2c_sales_group_override",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.seller = new_test_user(
            cls.env,
            login="b2b_seller",
            groups="sales_team.group_sale_salesman_all_leads",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def setUp(self):
        super().setUp()
        clock = freeze_time(NOW)
        self.clock = clock.start()
        self.addCleanup(clock.stop)
        self.order = self.take_in(intake("1"))

    def as_user(self, user, order=None):
        return (order or self.order).with_user(user)

    def judge(self, operation="nfe"):
        verdict = self.order._b2c_guard(operation)[self.order.id]
        return verdict.decision.value, verdict.reason_code

    def controls(self):
        """The order's entries of persons, oldest first."""
        events = self.order.b2c_event_ids.filtered(lambda e: e.axis == "control")
        return events.sorted("id")

    def unreachable(self):
        """The channel does not answer."""
        patcher = patch.object(
            self.registry["sale.order"],
            "_b2c_live_status",
            lambda orders: {
                i: LiveStatus(source=SOURCE, error="down") for i in orders.ids
            },
        )
        patcher.start()
        self.addCleanup(patcher.stop)

    # ------------------------------------------------------------ hold

    def test_held_order_stands_until_it_is_released(self):
        self.as_user(self.operator)._b2c_hold("Endereço em dúvida")
        for operation in OPERATIONS:
            self.assertEqual(self.judge(operation), ("hold", "order_held"))
        self.order._b2c_advance()
        self.assertEqual(self.order.state, "draft")
        with trap_jobs() as trap:
            self.as_user(self.operator)._b2c_release("Cliente confirmou")
            trap.assert_enqueued_job(self.order._b2c_advance, args=("stock",))
        self.order._b2c_advance()
        self.assertEqual(self.order.invoice_ids.state, "posted")

    def test_log_tells_who_why_and_when(self):
        self.as_user(self.operator)._b2c_hold("CPF 529.982.247-25 em dúvida")
        self.as_user(self.chief)._b2c_release("Conferido")
        held, released = self.controls().with_context(lang="pt_BR")
        self.assertEqual(held.state_label, "Retido")
        self.assertEqual(held.origin, self.operator.name)
        self.assertEqual(held.note, "CPF ***.982.247-** em dúvida")
        self.assertEqual(held.at, NOW.replace(tzinfo=None))
        self.assertEqual(released.state_label, "Liberado")
        self.assertEqual(released.origin, self.chief.name)

    def test_held_confirmed_order_is_not_reserved_by_the_cron(self):
        scarce = self._make_product("RARE")
        self.order = self.take_in(intake("2", (line(scarce.default_code),)))
        self.order._b2c_advance()
        self.assertEqual(self.order.state, "sale")
        self.as_user(self.operator)._b2c_hold("Aguardar")
        self._stock(scarce, 1)
        self.order._b2c_advance()
        self.assertNotEqual(self.order.picking_ids.state, "assigned")
        self.clock.tick(timedelta(hours=1))
        with trap_jobs() as trap:
            self.orders._b2c_cron_advance()
            keys = [job.identity_key or "" for job in trap.enqueued_jobs]
        self.assertFalse([key for key in keys if str(self.order.id) in key.split(",")])

    def test_reason_is_required_and_a_hold_is_no_toggle(self):
        order = self.as_user(self.operator)
        with self.assertRaises(UserError):
            order._b2c_hold("  ")
        with self.assertRaises(UserError):
            order._b2c_release("nunca foi retido")
        order._b2c_hold("Aguardar")
        with self.assertRaises(UserError):
            order._b2c_hold("de novo")
        self.assertEqual(self.controls().mapped("state"), ["held"])

    def test_seller_of_the_b2b_may_not(self):
        order = self.as_user(self.seller)
        for method in (order._b2c_hold, order._b2c_release):
            with self.assertRaises(AccessError):
                method("quero")

    def test_other_companies_order_is_out_of_reach(self):
        other = self._make_company("Outra Indústria", "46312887000154")
        stranger = new_test_user(
            self.env,
            login="b2c_stranger",
            groups="industry_b2c_sales.industry_b2c_sales_group_override",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.order._b2c_override("nfe", "teste")
        order = self.as_user(stranger).with_context(allowed_company_ids=other.ids)
        with self.assertRaises(AccessError):
            order._b2c_hold("não é meu")
        with self.assertRaises(AccessError):
            order._b2c_override("nfe", "não é meu")
        with self.assertRaises(AccessError):
            order._b2c_cancel("seller", "não é meu")
        overrides = order.env["b2c.guard.override"]
        self.assertFalse(overrides.search([("order_id", "=", self.order.id)]))

    # ------------------------------------------------------------ override

    def test_override_lets_one_operation_go_and_is_logged(self):
        self.unreachable()
        self.assertEqual(self.judge("nfe"), ("hold", "provider_error"))
        self.as_user(self.chief)._b2c_override(
            "nfe", "Canal fora do ar, cliente na loja"
        )
        self.assertEqual(self.judge("nfe"), ("go", "overridden"))
        self.assertEqual(self.judge("label"), ("hold", "provider_error"))
        granted, used = self.controls()
        self.assertEqual((granted.state, used.state), ("overridden", "override_used"))
        self.assertEqual(granted.origin, self.chief.name)
        self.assertIn("Canal fora do ar", granted.note)
        self.assertIn("Não foi possível consultar o canal", used.note)
        verdict = self.order.b2c_verdict_ids.filtered(lambda v: v.decision == "go")
        self.assertEqual(verdict.overridden_code, "provider_error")

    def test_override_expires(self):
        self.unreachable()
        self.as_user(self.chief)._b2c_override("nfe", "Canal fora do ar", 10)
        self.clock.tick(timedelta(minutes=10) - timedelta(seconds=1))
        self.assertEqual(self.judge()[0], "go")
        self.clock.tick(timedelta(seconds=1))
        self.assertEqual(self.judge()[0], "hold")
        self.assertEqual(self.order.b2c_override_ids.state, "expired")

    def test_override_is_for_its_group_and_no_longer_than_allowed(self):
        with self.assertRaises(AccessError):
            self.as_user(self.operator)._b2c_override("nfe", "porque sim")
        manager = new_test_user(
            self.env,
            login="b2c_manager",
            groups="industry_b2c_sales.industry_b2c_sales_group_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self.as_user(manager)._b2c_override("nfe", "porque sim")
        chief = self.as_user(self.chief)
        for minutes in (0, -1, self.company.b2c_override_minutes + 1):
            with self.assertRaises(UserError):
                chief._b2c_override("nfe", "porque sim", minutes)
        with self.assertRaises(UserError):
            chief._b2c_override("nfe", "")
        with self.assertRaises(AccessError):
            chief.env["b2c.guard.override"].create(
                {
                    "order_id": self.order.id,
                    "operation": "nfe",
                    "reason": "à mão",
                    "expires_at": "2030-01-01",
                }
            )

    def test_cancelled_order_stays_stopped(self):
        self.as_user(self.chief)._b2c_override("nfe", "não viu o cancelamento")
        self.order._b2c_log(
            Axis.ORDER, OrderState.CANCELLED, source=SOURCE, uid="c", at=NOW
        )
        self.assertEqual(self.judge(), ("stop", "order_cancelled"))

    def test_hold_withdraws_what_was_let_go_before(self):
        self.as_user(self.chief)._b2c_override("nfe", "pode emitir")
        self.as_user(self.operator)._b2c_hold("parem tudo")
        self.assertEqual(self.judge(), ("hold", "order_held"))
        self.assertEqual(self.order.b2c_override_ids.state, "withdrawn")
        self.as_user(self.chief)._b2c_override("nfe", "só a nota")
        self.assertEqual(self.judge(), ("go", "overridden"))
        self.assertEqual(self.judge("dispatch"), ("hold", "order_held"))

    def test_freshness_of_every_operation_is_a_setting(self):
        settings = self.env["res.config.settings"].create({})
        for operation in OPERATIONS:
            name = f"b2c_{operation}_seconds"
            default = OPERATIONS[operation].budget.total_seconds()
            self.assertEqual(settings[name], default, operation)
            settings[name] = 7
        settings.set_values()
        for operation in OPERATIONS:
            self.assertEqual(self.company._b2c_budget(operation), timedelta(seconds=7))

    # ------------------------------------------------------------ screens

    def test_wizard_holds_several_orders_at_once(self):
        orders = self.order | self.take_in(intake("2"))
        wizards = self.env["b2c.order.control"].with_user(self.operator)
        wizards = wizards.with_context(active_ids=orders.ids, default_kind="hold")
        # As the browser asks for a new record.
        told = wizards.onchange({}, [], {"order_ids": {"fields": {}}, "reason": {}})
        self.assertEqual(len(told["value"]["order_ids"]), 2)
        with Form(wizards) as form:
            form.reason = "Greve da transportadora"
        form.save().action_apply()
        self.assertEqual(orders.mapped("b2c_held"), [True, True])
        self.assertIn(
            "Greve da transportadora",
            self.order.with_context(lang="pt_BR").b2c_hold_reason,
        )

    def test_wizard_of_an_override_asks_for_the_operation(self):
        wizards = self.env["b2c.order.control"].with_user(self.chief)
        wizards = wizards.with_context(
            active_ids=self.order.ids, default_kind="override"
        )
        with self.assertRaises(AssertionError), Form(wizards) as form:
            form.reason = "sem operação"
        with Form(wizards) as form:
            form.operation = "dispatch"
            form.reason = "Cliente na porta"
        form.save().action_apply()
        self.assertEqual(self.order.b2c_override_ids.operation, "dispatch")

    def test_timeline_speaks_the_readers_language(self):
        self.order._b2c_log("parcel", "in_transit", source=SOURCE, uid="p", at=NOW)
        self.order._b2c_log("order", "novo_estado", source=SOURCE, uid="x", at=NOW)
        events = self.order.b2c_event_ids.with_context(lang="pt_BR")
        words = {event.uid: event.state_label for event in events}
        self.assertEqual(words["p"], "Em trânsito")
        self.assertEqual(words["x"], "Não entendido: novo_estado")

    def test_board_has_the_columns_in_the_order_of_a_life(self):
        orders = self.order | self.take_in(intake("2"), intake("3"))
        for order, state in zip(orders, ("shipped", "cancelled"), strict=False):
            order._b2c_log(
                "order", state, source=SOURCE, uid=state, at=NOW + timedelta(seconds=1)
            )
        found = (
            self.orders.with_user(self.operator)
            .with_context(read_group_expand=True)
            .web_read_group([("id", "in", orders.ids)], ["b2c_order_state"], [])
        )
        columns = [group["b2c_order_state"] for group in found["groups"]]
        self.assertEqual(columns, ["ready", "shipped", "cancelled"])
