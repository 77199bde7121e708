from dataclasses import replace

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import NITEROI, RIO, B2cCase, intake

# CEP, city as a consumer types it, IBGE code: five states, capitals and villages, and
# three that the two lists of cities call differently.
PLACES = (
    ("01311-000", "sao paulo", "SP", "3550308"),
    ("13054-750", "CAMPINAS", "SP", "3509502"),
    ("24020-085", "Niteroi", "RJ", "3303302"),
    ("30110-000", "Belo Horizonte", "MG", "3106200"),
    ("37408-000", "São Thomé das Letras", "MG", "3165206"),
    ("40110-000", "Salvador", "BA", "2927408"),
    ("44590-000", "Santa Teresinha", "BA", "2928505"),
    ("88010-000", "Florianópolis", "SC", "4205407"),
    ("59260-000", "Boa Saúde", "RN", "2405306"),
)
NOWHERE = "20000-000"
"""In the range of Rio de Janeiro's state, and in no city's."""


@tagged("post_install", "-at_install")
class TestConsumerCity(B2cCase):
    """The CEP tells the municipality with its IBGE code, or the order is held."""

    def setUp(self):
        super().setUp()
        self.partners = self.env["res.partner"].with_user(self.operator)
        self.ranges = self.env["l10n_br.zip.range"]

    def address(self, **changes):
        """Values and problems of an address in Rio."""
        return self.partners._b2c_address_vals(replace(RIO, **changes))

    def city(self, **changes):
        vals, problems = self.address(**changes)
        self.assertFalse(problems)
        return self.env["res.city"].browse(vals["city_id"])

    def code(self, **changes):
        vals, [problem] = self.address(**changes)
        self.assertFalse(vals)
        return problem.code

    def taken_in(self, address):
        consumer = replace(intake("x").consumer, address=address)
        [result] = self.orders._b2c_intake([intake("1", consumer=consumer)])
        return result

    def rio_range(self):
        before = [("start", "<=", "20011-901")]
        return self.ranges.search(before, limit=1, order="start desc")

    def test_cep_tells_the_city_in_every_state(self):
        for cep, name, uf, ibge in PLACES:
            with self.subTest(cep):
                place = {"zip": cep, "uf": uf, "city_ibge": ""}
                self.assertEqual(self.city(**place, city=name).ibge_code, ibge)
                self.assertEqual(self.city(**place, city="").ibge_code, ibge)

    def test_every_city_of_the_table_has_its_code(self):
        without = [item for item in self.ranges._b2c_ranges() if not item[2]]
        self.assertEqual(without, [])
        self.assertGreater(len(self.ranges._b2c_ranges()), 5500)

    def test_city_is_found_by_code_and_by_name_without_accents(self):
        self.assertEqual(
            self.city(city="", city_ibge="3304557"),
            self.city(city="  rio  de JANEIRO "),
        )

    def test_misspelt_city_and_missing_state_are_told_by_the_cep(self):
        city = self.city(city="Rio de Janero", uf="")
        self.assertEqual(city.ibge_code, "3304557")
        vals, _problems = self.address(city="Rio de Janero", uf="")
        self.assertEqual(vals["state_id"], city.state_id.id)

    def test_missing_and_unknown_cep_are_holds_of_their_own(self):
        for cep, code in (
            ("", "zip_missing"),
            ("00999-000", "zip_unknown"),
            (NOWHERE, "zip_unknown"),
        ):
            with self.subTest(cep):
                result = self.taken_in(replace(RIO, zip=cep))
                self.assertEqual(result.outcome, "rejected")
                self.assertEqual(result.problems[0].code, code)
                self.assertEqual(self.issues.browse(result.issue_id).code, code)
        vat = intake("x").consumer.vat
        self.assertFalse(self.partners._b2c_find(vat, self.company))

    def test_new_cep_is_added_to_the_table(self):
        result = self.taken_in(replace(RIO, zip=NOWHERE))
        city = self.env.ref("l10n_br_base.city_3304557")
        self.rio_range().start = NOWHERE
        issue = self.issues.browse(result.issue_id)
        issue.action_replay()
        self.assertEqual(issue.state, "solved")
        order = self.orders.search([("b2c_external_id", "=", "1")])
        self.assertEqual(order.partner_id.city_id, city)

    def test_cep_of_another_city_is_a_hold(self):
        result = self.taken_in(replace(NITEROI, zip="20011-901"))
        self.assertEqual(result.problems[0].code, "zip_city_mismatch")
        issue = self.issues.browse(result.issue_id)
        self.assertIn("Rio de Janeiro", issue.message)
        # The table was wrong: corrected, the order is taken in.
        self.rio_range().city_id = self.env.ref("l10n_br_base.city_3303302")
        issue.action_replay()
        self.assertEqual(issue.state, "solved")

    def test_cep_of_another_city_by_code_is_a_hold(self):
        self.assertEqual(self.code(city_ibge="3303302"), "zip_city_mismatch")

    def test_city_without_code_is_never_guessed(self):
        """A new municipality that is not in the list with codes yet."""
        state = self.env.ref("base.state_br_rj")
        new = self.env["res.city"].create(
            {
                "name": "Nova Cidade",
                "state_id": state.id,
                "country_id": state.country_id.id,
            }
        )
        self.rio_range().city_id = new
        self.assertEqual(self.code(city=""), "city_missing")
        self.assertEqual(self.code(city="Nova Cidade"), "city_unknown")
        # A pattern in a name must not choose a city.
        self.assertEqual(self.code(city="Rio de Janeir_"), "city_unknown")
        self.assertEqual(self.city(city="NITEROI").ibge_code, "3303302")
        new.ibge_code = "3399999"
        self.assertEqual(self.city(city="Nova Cidade"), new)

    def test_city_of_a_known_cep_costs_no_query_of_its_own(self):
        place = self.city()
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            self.assertEqual(self.ranges._b2c_place("20011901"), (True, place))
            self.assertEqual(place.ibge_code, "3304557")

    def test_ranges_do_not_overlap(self):
        with self.assertRaises(ValidationError):
            self.ranges.create(
                {
                    "start": "20005-000",
                    "end": "20005-999",
                    "city_id": self.env.ref("l10n_br_base.city_3304557").id,
                }
            )

    def test_order_desk_may_complete_the_table(self):
        self.rio_range().with_user(self.operator).end = "23799-998"
        self.assertEqual(self.code(zip="23799-999"), "zip_unknown")
