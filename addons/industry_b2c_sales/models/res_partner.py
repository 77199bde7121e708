import unicodedata

from odoo import fields, models
from odoo.fields import Domain

from ..domain.intake import (
    IntakeAddress,
    IntakeConsumer,
    Problem,
    digits,
    is_masked,
    unpunctuated,
)


def _plain(text) -> str:
    """A name without accents, case and double blanks, for comparing."""
    decomposed = unicodedata.normalize("NFKD", text or "")
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(letters.casefold().replace("-", " ").replace("'", " ").split())


class ResPartner(models.Model):
    _inherit = "res.partner"

    b2c_consumer = fields.Boolean(
        string="Online Consumer",
        copy=False,
        help="Created from an order of a channel; new orders keep the address current.",
    )

    def _b2c_find(self, vat: str, company):
        """The partner with this CPF or CNPJ that the company may use, or none."""
        domain = Domain("cnpj_cpf_stripped", "=", unpunctuated(vat))
        domain &= Domain("company_id", "in", [False, company.id])
        # The company's own partner before one that all share.
        return self.search(domain, order="company_id, id", limit=1)

    def _b2c_find_or_create(self, consumer: IntakeConsumer, company):
        """The consumer as a partner, made with the defaults of a non-contributor.

        An address is taken over from a newer order only while no parcel is on its way
        to the old one. Masked data neither makes nor overwrites a partner.

        :returns: ``(partner, problems)``; no partner when there are problems
        """
        if is_masked(consumer.name) or is_masked(unpunctuated(consumer.vat, "*#")):
            return self.browse(), [Problem("consumer_masked")]
        address, problems = self._b2c_address_vals(consumer.address)
        if problems:
            return self.browse(), problems
        partner = self._b2c_find(consumer.vat, company)
        if not partner:
            vals = self._b2c_consumer_vals(consumer, address, company)
            # Another company's partner with this CPF is none of our business, but the
            # superuser of a job would find it and refuse ours.
            created = self.with_context(allow_vat_duplicate=True).create(vals)
            return self.browse(created.id), []
        if partner.b2c_consumer and not partner._b2c_has_address(consumer.address):
            if not partner._b2c_awaits_parcel():
                partner.write(address)
        return partner, []

    def _b2c_delivery_address(self, address: IntakeAddress | None):
        """The partner to ship to: this one, or a child when the address differs.

        :returns: ``(partner, problems)``
        """
        self.ensure_one()
        if address is None or self._b2c_has_address(address):
            return self, []
        for child in self.child_ids.filtered(lambda child: child.type == "delivery"):
            if child._b2c_has_address(address):
                return child, []
        vals, problems = self._b2c_address_vals(address)
        if problems:
            return self.browse(), problems
        child = self.create(
            vals
            | {
                "parent_id": self.id,
                "type": "delivery",
                "name": address.recipient or self.name,
                "phone": address.phone,
                "company_id": self.company_id.id,
            }
        )
        return child, []

    def _b2c_consumer_vals(self, consumer, address: dict, company) -> dict:
        """Values of a new consumer. Consumer of the goods (ind_final 1), no ICMS
        contributor (ind_ie_dest 9): Portal NF-e, manual de orientação 7.0, E16a."""
        is_company = len(unpunctuated(consumer.vat)) == 14
        profile = self._default_fiscal_profile_id(is_company)
        if profile.ind_ie_dest != "9":
            profile = profile.search(
                [("ind_ie_dest", "=", "9"), ("is_company", "=", is_company)], limit=1
            )
        return address | {
            "name": consumer.name.strip(),
            "vat": unpunctuated(consumer.vat),
            "is_company": is_company,
            "email": consumer.email,
            "phone": consumer.phone,
            "company_id": company.id,
            "lang": company._b2c_lang(),
            "ind_final": "1",
            "ind_ie_dest": "9",
            "fiscal_profile_id": profile.id,
            "b2c_consumer": True,
        }

    def _b2c_address_vals(self, address: IntakeAddress):
        """An address as partner values, or the problem that its city is not known."""
        country = self.env.ref("base.br")
        state = self.env["res.country.state"].search(
            [("country_id", "=", country.id), ("code", "=", address.uf.strip().upper())]
        )
        city = self._b2c_city(address, state)
        if not city:
            params = {"city": address.city or address.city_ibge, "uf": address.uf}
            return {}, [Problem("city_unknown", params)]
        cep = digits(address.zip)
        return {
            "country_id": country.id,
            "state_id": city.state_id.id,
            "city_id": city.id,
            "city": city.name,
            "zip": f"{cep[:5]}-{cep[5:]}",
            "street_name": address.street.strip(),
            "street_number": address.number.strip(),
            "street2": address.complement.strip(),
            "district": address.district.strip(),
        }, []

    def _b2c_city(self, address: IntakeAddress, state):
        """The city by its IBGE code, else by name within the state; never a guess."""
        cities = self.env["res.city"]
        if address.city_ibge:
            return cities.search([("ibge_code", "=", address.city_ibge)], limit=1)
        if not state or not address.city.strip():
            return cities
        # Core's list of cities stands beside, without codes: of no use for a note.
        domain = [("state_id", "=", state.id), ("ibge_code", "!=", False)]
        found = cities.search([*domain, ("name", "=ilike", address.city.strip())])
        if not found:
            name = _plain(address.city)
            found = cities.search(domain).filtered(
                lambda city: _plain(city.name) == name
            )
        return found if len(found) == 1 else cities

    def _b2c_has_address(self, address: IntakeAddress) -> bool:
        """Is this the partner's address, written however?"""
        self.ensure_one()
        return (
            digits(self.zip or "") == digits(address.zip)
            and _plain(self.street_name) == _plain(address.street)
            and _plain(self.street_number) == _plain(address.number)
            and _plain(self.street2) == _plain(address.complement)
        )

    def _b2c_awaits_parcel(self) -> bool:
        """Is an order of this consumer still on its way to the address?"""
        return bool(
            self.env["sale.order"].search_count(
                [
                    ("partner_id", "=", self.id),
                    ("state", "!=", "cancel"),
                    "|",
                    ("state", "!=", "sale"),
                    ("picking_ids.state", "not in", ("done", "cancel")),
                ],
                limit=1,
            )
        )
