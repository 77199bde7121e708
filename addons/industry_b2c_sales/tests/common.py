"""What a consumer sale needs: an industry in São Paulo with chart, taxes and series,
a product with stock, an operator, and orders as a channel hands them over."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from unittest.mock import patch

from odoo import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.account.models.chart_template import AccountChartTemplate
from odoo.addons.queue_job.tests.common import trap_jobs

from simulators.common.memo import remembered

from ..domain.axes import Axis, Fact, OrderState, PaymentState
from ..domain.intake import (
    IntakeAddress,
    IntakeConsumer,
    IntakeLine,
    IntakeOrder,
    IntakePayment,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SOURCE = "mercadolivre/1234"
# CPFs with right check digits, of nobody.
CPFS = ("52998224725", "11144477735", "12345678909")
RIO = IntakeAddress(
    street="Rua da Assembleia",
    number="10",
    complement="Sala 5",
    district="Centro",
    city="Rio de Janeiro",
    uf="RJ",
    zip="20011-901",
)
NITEROI = IntakeAddress(
    street="Rua da Conceição",
    number="95",
    district="Centro",
    city="NITEROI",
    uf="RJ",
    zip="24020-085",
    recipient="Portaria",
)
_serial = count(1)
# Core asks all addons for their charts a dozen times per company, half of the time
# that it takes to load one.
_charts = remembered(AccountChartTemplate._get_chart_template_mapping)


def fact(axis, state, at=NOW, uid=None, raw=None):
    """A fact of the channel; its own id unless told."""
    return Fact(
        axis=axis,
        state=state,
        raw=raw or state.value,
        source=SOURCE,
        at=at,
        uid=uid or f"event-{next(_serial)}",
    )


def paid_facts(at=NOW):
    return (
        fact(Axis.ORDER, OrderState.READY, at),
        fact(Axis.PAYMENT, PaymentState.PAID, at),
    )


def intake(external_id, lines=None, **changes):
    """An order as paid: one chair for 199.90 unless told otherwise."""
    lines = lines or (line(),)
    freight = changes.get("freight", Decimal(0))
    discount = changes.get("discount", Decimal(0))
    goods = sum(item.quantity * item.unit_price - item.discount for item in lines)
    total = goods - discount + freight
    values = {
        "source": SOURCE,
        "external_id": external_id,
        "ordered_at": NOW - timedelta(minutes=5),
        "consumer": IntakeConsumer(
            name="Consumidora Exemplo", vat="529.982.247-25", address=RIO
        ),
        "lines": lines,
        "paid_total": total,
        "payments": (IntakePayment("pix", total),),
        "intermediary_vat": "03007331000141",
        "intermediary_ref": "1234",
        "facts": paid_facts(),
    }
    return IntakeOrder(**values | changes)


def line(sku="CAD-1", quantity=1, price="199.90", discount="0", key=None):
    return IntakeLine(
        key=key or f"{sku}/{quantity}",
        sku=sku,
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        discount=Decimal(discount),
        title="Cadeira Exemplo",
    )


class B2cCase(TransactionCase):
    """``company`` sells ``chair`` (IPI 3.25 %); ``operator`` is a user of ours only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls._make_company()
        cls.env.user.write(
            {
                "company_ids": [Command.link(cls.company.id)],
                "company_id": cls.company.id,
            }
        )
        cls.env = cls.env(
            context=dict(
                cls.env.context,
                allowed_company_ids=[cls.company.id],
                tracking_disable=True,
            )
        )
        cls.company = cls.company.with_env(cls.env)
        cls._set_up_taxes()
        cls.chair = cls._make_product("CAD-1", stock=100)
        cls.operator = new_test_user(
            cls.env,
            login="b2c_operator",
            groups="industry_b2c_sales.industry_b2c_sales_group_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.orders = cls.env["sale.order"]
        cls.issues = cls.env["b2c.issue"]

    # ------------------------------------------------------------ given

    @classmethod
    def _make_company(cls, name="Indústria Exemplo", vat="81583054000129"):
        env = cls.env(context=dict(cls.env.context, chart_template_load=True))
        company = env["res.company"].create(
            {
                "name": name,
                "country_id": env.ref("base.br").id,
                "currency_id": env.ref("base.BRL").id,
                "state_id": env.ref("base.state_br_sp").id,
            }
        )
        company.partner_id.write(
            {
                "vat": vat,
                "legal_name": name,
                "lang": "pt_BR",
                "city_id": env.ref("l10n_br_base.city_3550308").id,
                "zip": "01311-000",
                "street_name": "Avenida Exemplo",
                "street_number": "1000",
                "district": "Centro",
            }
        )
        return company

    @classmethod
    def _set_up_taxes(cls):
        ref = cls.env.ref
        with patch.object(
            cls.env.registry["account.chart.template"],
            "_get_chart_template_mapping",
            _charts,
        ):
            cls.env["account.chart.template"].try_loading(
                "br_oca_generic", company=cls.company, install_demo=False
            )
        cls.operation = ref("l10n_br_fiscal.fo_venda")
        cls.company.write(
            {
                "tax_framework": "3",
                "is_industry": True,
                "ripi": True,
                "icms_regulation_id": ref("l10n_br_fiscal.tax_icms_regulation").id,
                "document_type_id": ref("l10n_br_fiscal.document_55").id,
                "piscofins_id": ref("l10n_br_fiscal.tax_pis_cofins_nao_columativo").id,
                "sale_fiscal_operation_id": cls.operation.id,
                "tax_classification_id": ref(
                    "l10n_br_fiscal.tax_classification_000001"
                ).id,
                "delivery_costs": "total",
            }
        )
        cls.company._onchange_piscofins_id()
        cls.company._onchange_tax_classification_id()
        cls.env["l10n_br_fiscal.document.serie"].create(
            {
                "code": "1",
                "name": "Série 1",
                "document_type_id": ref("l10n_br_fiscal.document_55").id,
                "company_id": cls.company.id,
            }
        )
        warehouses = cls.env["stock.warehouse"]
        cls.warehouse = warehouses.search(
            [("company_id", "=", cls.company.id)], limit=1
        ) or warehouses.create(
            {"name": "Loja", "code": "EC", "company_id": cls.company.id}
        )

    @classmethod
    def _make_product(cls, code, stock=0, **changes):
        values = {
            "name": f"Cadeira {code}",
            "default_code": code,
            "type": "consu",
            "is_storable": True,
            "list_price": 150.0,
            "invoice_policy": "order",
            "ncm_id": cls._ncm("9403.30.00").id,
            "fiscal_type": "04",
            "icms_origin": "0",
            "tax_icms_or_issqn": "icms",
        }
        product = cls.env["product.product"].create(values | changes)
        if stock:
            cls._stock(product, stock)
        return product

    @classmethod
    def _ncm(cls, code):
        return cls.env["l10n_br_fiscal.ncm"].search([("code", "=", code)], limit=1)

    @classmethod
    def _stock(cls, product, quantity):
        cls.env["stock.quant"]._update_available_quantity(
            product, cls.warehouse.lot_stock_id, quantity
        )

    # ------------------------------------------------------------ steps

    def take_in(self, *orders):
        """Take orders in; the records that came of it."""
        results = self.orders._b2c_intake(list(orders))
        return self.orders.browse([r.order_id for r in results if r.order_id])

    def invoiced(self, external_id="9001", **changes):
        """An order that went all the way to its posted invoice."""
        order = self.take_in(intake(external_id, **changes))
        order._b2c_advance()
        self.assertEqual(order.invoice_ids.state, "posted")
        return order

    def authorized(self, external_id="9001", **changes):
        """The same with an authorised note (no processor: authorised at once)."""
        order = self.invoiced(external_id, **changes)
        order.invoice_ids.fiscal_document_id.action_document_send()
        self.assertEqual(order.invoice_ids.state_edoc, "autorizada")
        return order

    def open_issues(self, **domain):
        return self.issues.search(
            [("state", "=", "open")] + [(name, "=", domain[name]) for name in domain]
        )

    def cancel(self, order, at=NOW):
        """The channel tells that the consumer cancelled; returns the trapped jobs."""
        with trap_jobs() as trap:
            order._b2c_log(
                Axis.ORDER, OrderState.CANCELLED, source=SOURCE, uid="cancel-1", at=at
            )
            return trap.enqueued_jobs
