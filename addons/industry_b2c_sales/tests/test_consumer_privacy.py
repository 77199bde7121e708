from dataclasses import replace

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import Form, new_test_user, tagged

from .common import CPFS, B2cCase, intake

CPF, SHOWN = CPFS[0], "***.982.247-**"
NUMBERS = ["vat", "cnpj_cpf_stripped", "vat_formatted_cnpj"]


class PrivacyCase(B2cCase):
    """``operator`` sells, ``officer`` may see personal data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls._make_user(
            "b2c_officer", "industry_b2c_sales_group_personal_data", cls.company
        )
        cls.seller = cls._make_user(
            "b2c_seller", "industry_b2c_sales_group_user", cls.company
        )
        cls.consumer = cls.env["res.partner"]._b2c_find_or_create(
            intake("1").consumer, cls.company
        )[0]
        cls.shop = cls.env["res.partner"].create(
            {"name": "Distribuidora", "vat": "11222333000181", "is_company": True}
        )

    @classmethod
    def _make_user(cls, login, group, company):
        return new_test_user(
            cls.env,
            login=login,
            groups=f"industry_b2c_sales.{group},base.group_allow_export",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def as_(self, user, records=None):
        return (self.consumer if records is None else records).with_user(user)

    def log(self):
        return self.env["b2c.consumer.access"].search(
            [("partner_id", "=", self.consumer.id)]
        )


@tagged("post_install", "-at_install")
class TestConsumerPrivacy(PrivacyCase):
    """A CPF leaves the server masked, and is found by the whole number."""

    def leaks(self, answer):
        return CPF in "".join(char for char in str(answer) if char.isalnum())

    def test_reading_is_masked_for_everybody(self):
        for user in (self.operator, self.officer):
            partner = self.as_(user)
            fields = [*NUMBERS, "b2c_vat_masked", "name"]
            for answer in (
                partner.read(fields),
                partner.web_read({name: {} for name in fields}),
                partner.search_read([("id", "=", partner.id)], fields),
            ):
                self.assertFalse(self.leaks(answer))
                self.assertEqual(answer[0]["vat"], SHOWN)
            self.assertEqual(partner.b2c_vat_masked, SHOWN)

    def test_code_of_the_server_reads_the_number(self):
        self.assertEqual(self.as_(self.operator).vat, CPF)

    def test_b2b_partner_is_shown_as_ever(self):
        shop = self.as_(self.operator, self.shop)
        self.assertEqual(shop.read(["vat"])[0]["vat"], "11222333000181")
        self.assertEqual(shop.b2c_vat_masked, "11222333000181")
        found = shop.search([("vat", "like", "112223")])
        self.assertIn(shop, found)
        self.assertEqual(shop.name_search("1122233300")[0][0], shop.id)
        self.assertEqual(shop._export_rows([["vat"]]), [["11222333000181"]])

    def test_names_with_numbers_are_masked(self):
        for context in ({"show_vat": True}, {"show_vat": True, "show_address": True}):
            name = self.as_(self.operator).with_context(**context).display_name
            self.assertIn(SHOWN, name)
            self.assertFalse(self.leaks(name))
            self.assertIn(self.consumer.name, name)
            # What a record points at is named with the superuser's rights.
            full = self.consumer.sudo().with_context(**context).display_name
            self.assertEqual(full, name)

    def test_onchange_does_not_tell_the_number(self):
        partner = self.as_(self.operator)
        spec = {name: {} for name in ("country_id", *NUMBERS)}
        country = self.env.ref("base.pt").id
        answer = partner.onchange({"country_id": country}, ["country_id"], spec)
        self.assertFalse(self.leaks(answer))

    def test_note_and_invoice_show_the_masked_number(self):
        order = self.invoiced()
        for record in (order.invoice_ids, order.invoice_ids.fiscal_document_id):
            [row] = self.as_(self.operator, record).read(["partner_cnpj_cpf"])
            self.assertEqual(row["partner_cnpj_cpf"], SHOWN)
        form = self.as_(self.operator, order).web_read(
            {"partner_id": {"fields": {"vat": {}, "display_name": {}}}}
        )
        self.assertFalse(self.leaks(form))

    def test_address_block_of_an_order_is_masked(self):
        order = self.as_(self.operator, self.invoiced())
        context = {"show_address": 1, "show_vat": True}
        spec = {"partner_id": {"fields": {"display_name": {}}, "context": context}}
        for answer in (
            order.web_read(spec),
            order.with_context(**context).read(["partner_id"]),
        ):
            self.assertFalse(self.leaks(answer))
            self.assertIn(SHOWN, str(answer))

    def test_whole_number_finds_and_a_part_does_not(self):
        partners = self.as_(self.operator).browse()
        for field in ("vat", "b2c_vat_masked", "cnpj_cpf_stripped"):
            for operator, term in (("=", CPF), ("ilike", CPF), ("in", [CPF])):
                found = partners.search([(field, operator, term)])
                self.assertEqual(found, self.consumer, (field, operator))
            for operator, term in (
                ("=like", CPF[:10] + "%"),
                ("ilike", CPF[:10]),
                (">=", CPF[:3]),
                ("not ilike", "9"),
                ("!=", CPF[:3]),
            ):
                if field == "b2c_vat_masked" and operator in Domain.NEGATIVE_OPERATORS:
                    continue
                domain = [("id", "=", self.consumer.id), (field, operator, term)]
                self.assertFalse(partners.search(domain), (field, operator))
        self.assertEqual(
            partners.search([("b2c_vat_masked", "=", "529.982.247-25")]), self.consumer
        )
        self.assertEqual(partners.name_search(CPF)[0][0], self.consumer.id)
        self.assertFalse(partners.name_search(CPF[:8]))
        self.assertFalse(partners.search([("display_name", "ilike", CPF[:8])]))
        self.assertFalse(partners.search([("id", "child_of", CPF[:8])]))

    def test_no_way_round_through_another_model(self):
        order = self.take_in(intake("1"))
        orders = self.as_(self.operator, order)
        part = [("id", "=", order.id), ("partner_id.vat", "like", CPF[:5])]
        self.assertFalse(orders.search(part))
        whole = [("id", "=", order.id), ("partner_id.vat", "=", CPF)]
        self.assertEqual(orders.search(whole), order)
        invoice = self.invoiced("9002").invoice_ids
        for record in (invoice, invoice.fiscal_document_id):
            mine = self.as_(self.operator, record)
            part = ("partner_cnpj_cpf", "=like", CPF[:5] + "%")
            whole = ("partner_cnpj_cpf", "=", CPF)
            self.assertFalse(mine.search([("id", "=", record.id), part]))
            self.assertEqual(mine.search([("id", "=", record.id), whole]), mine)
        groups = orders.formatted_read_group(
            [("id", "=", order.id)], ["partner_id.vat"], ["__count"]
        )
        self.assertFalse(self.leaks(groups))

    def test_groups_and_order_tell_nothing(self):
        partner = self.as_(self.operator)
        domain = [("id", "in", (self.consumer | self.shop).ids)]
        groups = partner.formatted_read_group(domain, ["vat"], ["__count"])
        self.assertFalse(self.leaks(groups))
        self.assertIn("11222333000181", str(groups))
        with self.assertRaises(AccessError):
            partner._read_group(domain, [], ["vat:array_agg"])
        # Two consumers stand in the order of their ids, whatever their numbers.
        other = replace(intake("2").consumer, vat=CPFS[1])
        pair = self.consumer | self.consumer._b2c_find_or_create(other, self.company)[0]
        for order in ("vat, id", "vat desc, id"):
            found = partner.search([("id", "in", pair.ids)], order=order)
            self.assertEqual(found.ids, sorted(pair.ids))

    def test_masked_number_that_comes_back_is_not_stored(self):
        partner = self.as_(self.operator)
        partner.write({"vat": SHOWN, "phone": "+55 21 98765-4321"})
        partner.write({"vat_formatted_cnpj": SHOWN})
        self.assertEqual((partner.vat, partner.phone), (CPF, "+55 21 98765-4321"))
        view = "industry_b2c_sales.res_partner_view_form"
        with Form(partner, view=view) as form:
            form.street_name = "Rua Nova"
        self.assertEqual((partner.vat, partner.street_name), (CPF, "Rua Nova"))

    # ------------------------------------------------------------ export

    def test_export_is_masked_without_the_group(self):
        rows = self.as_(self.seller).export_data(["name", "vat"])["datas"]
        self.assertEqual(rows, [["Consumidora Exemplo", SHOWN]])
        self.assertFalse(self.log())

    def test_export_with_the_group_is_recorded(self):
        order = self.take_in(intake("1"))
        rows = self.as_(self.officer, order).export_data(["partner_id/vat"])["datas"]
        self.assertEqual(rows, [[CPF]])
        entry = self.log()
        self.assertEqual((entry.kind, entry.user_id), ("export", self.officer))

    # ------------------------------------------------------------ the recorded look

    def test_show_asks_for_the_reason_and_records_it(self):
        action = self.as_(self.officer).action_b2c_show()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.officer)
            .with_context(**action["context"])
            .create({})
        )
        self.assertFalse(wizard.shown or wizard.cpf)
        with self.assertRaises(UserError):
            wizard.action_show()
        wizard.reason = "Transportadora pergunta quem recebe"
        wizard.action_show()
        self.assertEqual(wizard.cpf, "529.982.247-25")
        self.assertIn("Rua da Assembleia", wizard.address)
        entry = self.log()
        self.assertEqual(entry.kind, "show")
        self.assertEqual(entry.user_id, self.officer)
        self.assertEqual(entry.reason, "Transportadora pergunta quem recebe")
        # Another wizard shows nothing before its own reason.
        other = wizard.create({"partner_id": self.shop.id})
        self.assertFalse(other.shown)

    def test_seller_sees_neither_button_nor_record(self):
        with self.assertRaises(AccessError):
            self.as_(self.operator).action_b2c_show()
        with self.assertRaises(AccessError):
            self.env["b2c.consumer.show"].with_user(self.operator).create(
                {"partner_id": self.consumer.id}
            )
        with self.assertRaises(AccessError):
            self.env["b2c.consumer.access"].with_user(self.operator).search([])
        arch = self.as_(self.operator).get_view(
            self.env.ref("industry_b2c_sales.res_partner_view_form").id
        )["arch"]
        self.assertNotIn("action_b2c_show", arch)
        self.assertNotIn("b2c_access_ids", arch)

    def test_record_is_append_only(self):
        entry = self.env["b2c.consumer.access"]._log(self.consumer, "show", "test")
        for user in (self.officer, self.env.user):
            with self.assertRaises(UserError):
                entry.with_user(user).reason = "other"
            with self.assertRaises(UserError):
                entry.with_user(user).unlink()
        with self.assertRaises(AccessError):
            entry.with_user(self.officer).create(
                {"partner_id": self.consumer.id, "kind": "show", "reason": "forged"}
            )

    # ------------------------------------------------------------ companies

    def test_other_company_sees_neither_consumer_nor_record(self):
        other = self._make_company("Outra Indústria", "46312887000154")
        stranger = self._make_user(
            "b2c_stranger", "industry_b2c_sales_group_personal_data", other
        )
        entry = self.env["b2c.consumer.access"]._log(self.consumer, "show", "test")
        context = {"allowed_company_ids": other.ids}
        partner = self.as_(stranger).with_context(**context)
        self.assertFalse(partner.search([("vat", "=", CPF)]))
        self.assertFalse(entry.with_user(stranger).with_context(**context).search([]))
        for action in (partner.action_b2c_show, partner.action_b2c_forget):
            with self.assertRaises(AccessError):
                action()
        with self.assertRaises(AccessError):
            partner.read(["name"])
        mine = partner._b2c_find_or_create(intake("1").consumer, other)[0]
        self.assertEqual((mine.company_id, mine.vat), (other, CPF))
        self.assertNotEqual(mine, self.consumer)
