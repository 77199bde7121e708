from dataclasses import replace

from odoo.tests import tagged

from .common import CPFS, NITEROI, RIO, B2cCase, intake


@tagged("post_install", "-at_install")
class TestConsumer(B2cCase):
    """An unknown person becomes a partner that an NF-e can be made out to."""

    def setUp(self):
        super().setUp()
        self.consumer = intake("x").consumer
        self.partners = self.env["res.partner"]

    def test_new_consumer_is_no_contributor(self):
        partner = self.take_in(intake("1")).partner_id
        self.assertTrue(partner.b2c_consumer)
        self.assertEqual(partner.vat, "52998224725")
        self.assertEqual(partner.company_id, self.company)
        self.assertEqual(partner.ind_final, "1")
        self.assertEqual(partner.ind_ie_dest, "9")
        self.assertEqual(partner.fiscal_profile_id.ind_ie_dest, "9")
        self.assertEqual(partner.country_id.code, "BR")
        self.assertEqual(partner.state_id.code, "RJ")
        self.assertEqual(partner.city_id.ibge_code, "3304557")
        self.assertEqual(partner.zip, "20011-901")
        self.assertEqual(partner.street_name, "Rua da Assembleia")
        self.assertEqual(partner.street_number, "10")
        self.assertEqual(partner.district, "Centro")

    def test_known_cpf_is_found_however_it_is_written(self):
        known = self.partners.create(
            {"name": "Cliente", "vat": "52998224725", "street_name": "Rua Antiga"}
        )
        order = self.take_in(intake("1"))
        self.assertEqual(order.partner_id, known)
        # An address that somebody entered stays, the parcel gets its own.
        self.assertEqual(known.street_name, "Rua Antiga")
        self.assertEqual(order.partner_shipping_id.parent_id, known)
        self.assertEqual(order.partner_shipping_id.street_name, "Rua da Assembleia")

    def test_person_in_the_books_becomes_a_consumer(self):
        known = self.partners.create(
            {"name": "Cliente Antigo", "vat": CPFS[0], "ind_final": "0"}
        )
        order = self.take_in(intake("1"))
        self.assertEqual(order.partner_id, known)
        self.assertTrue(known.b2c_consumer)
        self.assertEqual((known.ind_final, known.ind_ie_dest), ("1", "9"))
        self.assertEqual(known.fiscal_profile_id.ind_ie_dest, "9")
        self.assertEqual(known.country_id.code, "BR")
        self.assertEqual(known.name, "Cliente Antigo")
        self.assertEqual(known.street_name, "Rua da Assembleia")
        self.assertEqual(known.city_id.ibge_code, "3304557")
        self.assertEqual(order.partner_shipping_id, known)
        [row] = known.with_user(self.operator).read(["vat"])
        self.assertEqual(row["vat"], "***.982.247-**")

    def test_archived_consumer_is_taken_before_a_twin(self):
        """Two with one CPF: a second consumer would break the first one's index."""
        consumer = self.take_in(intake("1")).partner_id
        consumer.active = False
        self.partners.with_context(allow_vat_duplicate=True).create(
            {"name": "Outra", "vat": CPFS[0], "company_id": self.company.id}
        )
        self.assertEqual(self.take_in(intake("2")).partner_id, consumer)
        self.assertTrue(consumer.active)

    def test_partner_of_another_company_is_not_touched(self):
        other = self._make_company("Outra Empresa", "46312887000154")
        foreign = self.partners.create(
            {"name": "Dela", "vat": CPFS[0], "company_id": other.id}
        )
        found = self.partners._b2c_find(CPFS[0], self.company)
        self.assertFalse(found)
        self.assertEqual(self.partners._b2c_find(CPFS[0], other), foreign)
        mine = self.take_in(intake("1")).partner_id
        self.assertEqual((mine.company_id, mine.vat), (self.company, foreign.vat))

    def test_parcel_to_another_address_gets_a_child(self):
        order = self.take_in(intake("1", shipping=NITEROI))
        shipping = order.partner_shipping_id
        self.assertEqual(shipping.parent_id, order.partner_id)
        self.assertEqual(shipping.type, "delivery")
        self.assertEqual(shipping.name, "Portaria")
        self.assertEqual(shipping.city_id.ibge_code, "3303302")
        again = self.take_in(intake("2", shipping=NITEROI))
        self.assertEqual(again.partner_shipping_id, shipping)

    def test_newer_address_waits_for_the_parcel_to_the_old_one(self):
        first = self.take_in(intake("1"))
        moved = replace(self.consumer, address=NITEROI)
        second = self.take_in(intake("2", consumer=moved))
        self.assertEqual(first.partner_shipping_id, first.partner_id)
        self.assertEqual(first.partner_id.street_number, "10")
        self.assertEqual(second.partner_shipping_id.street_number, "95")
        (first | second)._action_cancel()
        third = self.take_in(intake("3", consumer=moved))
        self.assertEqual(third.partner_shipping_id, first.partner_id)
        self.assertEqual(first.partner_id.street_number, "95")

    def test_masked_data_neither_makes_nor_overwrites_a_partner(self):
        partner = self.take_in(intake("1")).partner_id
        masked = replace(self.consumer, name="C*** E***")
        for changed in (
            masked,
            replace(self.consumer, vat="***.982.247-**"),
            replace(self.consumer, address=replace(RIO, street="XXXXXXX")),
        ):
            [result] = self.orders._b2c_intake([intake("2", consumer=changed)])
            self.assertEqual(result.outcome, "rejected")
            self.assertIn("masked", result.problems[0].code)
        self.assertEqual(partner.name, "Consumidora Exemplo")
        self.assertEqual(partner.street_name, "Rua da Assembleia")
        found, problems = self.partners._b2c_find_or_create(masked, self.company)
        self.assertFalse(found)
        self.assertEqual(problems[0].code, "consumer_masked")

    def test_company_buyer_is_known_by_its_cnpj(self):
        buyer = replace(self.consumer, name="Loja Exemplo", vat="11.222.333/0001-81")
        partner = self.take_in(intake("1", consumer=buyer)).partner_id
        self.assertTrue(partner.is_company)
        self.assertEqual(partner.vat, "11222333000181")
        self.assertEqual(partner.ind_ie_dest, "9")
