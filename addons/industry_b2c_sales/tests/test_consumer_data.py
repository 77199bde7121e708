from dataclasses import replace

import psycopg2

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CPFS, NITEROI, RIO, B2cCase, intake

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
            known = self.partners.create(
                {"name": "Cliente", "ind_final": "0"} | values
            )
            before = known.read(["ind_final", "ind_ie_dest", "city_id", "street_name"])
            found, problems = self.make(vat=values["vat"])
            self.assertFalse(problems)
            self.assertEqual(found, known)
            self.assertFalse(known.b2c_consumer)
            after = known.read(["ind_final", "ind_ie_dest", "city_id", "street_name"])
            self.assertEqual(after, before)

    # ------------------------------------------------------------ CEP

    def _range(self, first, last, ibge):
        return self.env["b2c.postal.range"].create(
            {
                "zip_from": first,
                "zip_to": last,
                "city_id": self.env.ref(f"l10n_br_base.city_{ibge}").id,
            }
        )

    def test_cep_range_tells_a_city_that_is_missing_or_misspelt(self):
        nowhere = replace(RIO, city="")
        self.assertEqual(self.make(address=nowhere)[1][0].code, "city_missing")
        self._range("20000000", "23799999", "3304557")
        for address in (nowhere, replace(RIO, city="Rio de Janero", uf="")):
            vals, problems = self.partners._b2c_address_vals(address)
            self.assertFalse(problems)
            city = self.env["res.city"].browse(vals["city_id"])
            self.assertEqual(city.ibge_code, "3304557")
            self.assertEqual(vals["state_id"], city.state_id.id)

    def test_cep_of_another_city_is_a_hold(self):
        postal = self._range("20000000", "23799999", "3304557")
        wrong = replace(NITEROI, zip="20011-901")
        [result] = self.orders._b2c_intake(
            [intake("1", consumer=replace(self.consumer, address=wrong))]
        )
        self.assertEqual(result.problems[0].code, "zip_city_mismatch")
        issue = self.issues.browse(result.issue_id)
        self.assertIn("Rio de Janeiro", issue.message)
        # The table was wrong: corrected, the order is taken in.
        postal.write({"zip_from": "21000000"})
        issue.action_replay()
        self.assertEqual(issue.state, "solved")

    def test_missing_and_unknown_cep_are_holds_of_their_own(self):
        for number, (cep, code) in enumerate(
            [("", "zip_missing"), ("00999-000", "zip_unknown")]
        ):
            address = replace(RIO, zip=cep)
            [result] = self.orders._b2c_intake(
                [intake(str(number), consumer=replace(self.consumer, address=address))]
            )
            self.assertEqual(result.outcome, "rejected")
            self.assertEqual(result.problems[0].code, code)
            self.assertEqual(self.issues.browse(result.issue_id).code, code)
        self.assertFalse(self.partners._b2c_find(self.consumer.vat, self.company))

    def test_pattern_in_a_name_chooses_no_city(self):
        address = replace(RIO, city="Rio de Janeir_")
        self.assertEqual(self.make(address=address)[1][0].code, "city_unknown")

    def test_ranges_are_eight_digits_and_do_not_overlap(self):
        self._range("20000000", "23799999", "3304557")
        for first, last, error in (
            ("23000000", "24000000", psycopg2.errors.ExclusionViolation),
            ("2400000", "24399999", psycopg2.errors.CheckViolation),
            ("2400000X", "24399999", psycopg2.errors.CheckViolation),
        ):
            with mute_logger("odoo.sql_db"), self.assertRaises(error):
                self._range(first, last, "3303302")
