from dataclasses import replace

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import CPFS, RIO, B2cCase, intake

ALPHANUMERIC = "12.ABC.345/01DE-35"


@tagged("post_install", "-at_install")
class TestConsumerData(B2cCase):
    """What a channel hands over, in the spelling that the note and the people need."""

    def setUp(self):
        super().setUp()
        self.consumer = intake("x").consumer
        self.partners = self.env["res.partner"].with_user(self.operator)

    def make(self, **changes):
        consumer = replace(self.consumer, **changes)
        return self.partners._b2c_find_or_create(consumer, self.company)

    def test_name_phone_and_address_are_normalised(self):
        partner, problems = self.make(
            name="  MARIA  D'ÁVILA DA SILVA ",
            phone="(21) 98765-4321",
            email=" Maria@Example.COM ",
            address=replace(
                RIO, street="RUA  DA ASSEMBLEIA", number="s/n", district="CENTRO"
            ),
        )
        self.assertFalse(problems)
        self.assertEqual(partner.name, "Maria D'Ávila da Silva")
        self.assertEqual(partner.phone, "+55 21 98765-4321")
        self.assertEqual(partner.email, "maria@example.com")
        self.assertEqual(partner.street_name, "Rua da Assembleia")
        self.assertEqual(partner.street_number, "S/N")
        self.assertEqual(partner.district, "Centro")

    def test_alphanumeric_cnpj_is_kept_without_punctuation(self):
        partner, problems = self.make(name="LOJA EXEMPLO LTDA", vat=ALPHANUMERIC)
        self.assertFalse(problems)
        self.assertEqual(partner.vat, "12ABC34501DE35")
        self.assertTrue(partner.is_company)
        self.assertEqual(partner.name, "LOJA EXEMPLO LTDA")
        again, _problems = self.make(name="Loja", vat="12abc34501de35")
        self.assertEqual(again, partner)
        with self.assertRaises(ValidationError):
            partner.vat = "12ABC34501DE36"

    def test_one_partner_for_all_channels(self):
        first = self.take_in(intake("1"))
        second = self.take_in(intake("2", source="shopee/77"))
        self.assertEqual(first.partner_id, second.partner_id)

    def test_archived_consumer_comes_back(self):
        partner, _problems = self.make()
        partner.active = False
        again, _problems = self.make()
        self.assertEqual(again, partner)
        self.assertTrue(partner.active)

    def test_what_is_missing_is_filled_in_and_what_is_there_stays(self):
        partner, _problems = self.make(phone="", email="old@example.com")
        self.make(name="Outro Nome", phone="21987654321", email="new@example.com")
        self.assertEqual(partner.phone, "+55 21 98765-4321")
        self.assertEqual(partner.email, "old@example.com")
        self.assertEqual(partner.name, "Consumidora Exemplo")

    def test_masked_contact_overwrites_nothing(self):
        partner, _problems = self.make(phone="", email="")
        self.make(phone="(21) 9****-4321", email="m***@example.com")
        self.assertFalse(partner.phone)
        self.assertFalse(partner.email)
        partner.phone = "+55 21 98765-4321"
        self.make(phone="(21) 9****-0000")
        self.assertEqual(partner.phone, "+55 21 98765-4321")

    def test_defaults_are_set_again_when_somebody_changed_them(self):
        partner, _problems = self.make()
        partner.write({"ind_final": "0", "ind_ie_dest": "1", "country_id": False})
        self.make()
        self.assertEqual((partner.ind_final, partner.ind_ie_dest), ("1", "9"))
        self.assertEqual(partner.country_id.code, "BR")
        self.assertTrue(partner.fiscal_profile_id)

    def test_partners_of_the_b2b_sale_stay_untouched(self):
        """A firm, a farmer with CPF and IE, and a firm without IE."""
        farmer = {
            "vat": CPFS[0],
            "state_id": self.env.ref("base.state_br_sp").id,
            "l10n_br_ie_code": "110042490114",
            "ind_ie_dest": "1",
        }
        firm = {"vat": "11222333000181", "is_company": True, "ind_ie_dest": "9"}
        for values in (farmer, firm):
            known = self.partners.create({"name": "Cliente", "ind_final": "0"} | values)
            before = known.read(["ind_final", "ind_ie_dest", "city_id", "street_name"])
            found, problems = self.make(vat=values["vat"])
            self.assertFalse(problems)
            self.assertEqual(found, known)
            self.assertFalse(known.b2c_consumer)
            after = known.read(["ind_final", "ind_ie_dest", "city_id", "street_name"])
            self.assertEqual(after, before)
