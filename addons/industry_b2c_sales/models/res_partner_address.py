import unicodedata

from odoo import models

from ..domain.intake import IntakeAddress, Problem, digits
from ..domain.person import tidy_address, tidy_number


def _plain(text) -> str:
    """A name without accents, case and double blanks, for comparing."""
    decomposed = unicodedata.normalize("NFKD", text or "")
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(letters.casefold().replace("-", " ").replace("'", " ").split())


class ResPartner(models.Model):
    """Where a consumer lives and where the parcel goes.

    The main address is the one of the note (enderDest); a parcel that goes elsewhere
    has a delivery address of its own, the group ``entrega`` of the note.
    """

    _inherit = "res.partner"

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
        address = tidy_address(address)
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

    def _b2c_address_vals(self, address: IntakeAddress):
        """An address as partner values, or the problem that its city is not known."""
        address = tidy_address(address)
        city, problem = self._b2c_city(address)
        if problem:
            return {}, [problem]
        return {
            "country_id": self._b2c_brazil_id(),
            "state_id": city.state_id.id,
            "city_id": city.id,
            "city": city.name,
            "zip": f"{address.zip[:5]}-{address.zip[5:]}",
            "street_name": address.street,
            "street_number": address.number,
            "street2": address.complement,
            "district": address.district,
        }, []

    def _b2c_city(self, address: IntakeAddress):
        """The municipality of a tidy address, never a guess.

        By the table of CEP ranges, where it has the CEP, else by the IBGE code, else by
        name within the state. Two that contradict each other are a problem.

        :returns: ``(city, None)`` or ``(no city, problem)``
        """
        by_zip = self.env["b2c.postal.range"]._city_of_zip(address.zip)
        if not by_zip and not (address.city_ibge or address.city):
            return by_zip, Problem("city_missing")
        told = self._b2c_told_city(address)
        if by_zip and told and told != by_zip:
            params = {"zip": address.zip, "zip_city": by_zip.name, "city": told.name}
            return told.browse(), Problem("zip_city_mismatch", params)
        if not (by_zip or told):
            params = {"city": address.city or address.city_ibge, "uf": address.uf}
            return told, Problem("city_unknown", params)
        return by_zip or told, None

    def _b2c_told_city(self, address: IntakeAddress):
        """The city as the channel names it: by its IBGE code, else by name."""
        cities = self.env["res.city"]
        if address.city_ibge:
            return cities.search([("ibge_code", "=", address.city_ibge)], limit=1)
        if not address.city or not address.uf:
            return cities
        # Core's list of cities stands beside, without codes: of no use for a note.
        domain = [
            ("country_id", "=", self._b2c_brazil_id()),
            ("state_id.code", "=", address.uf),
            ("ibge_code", "!=", False),
        ]
        name = _plain(address.city)
        found = cities.search([*domain, ("name", "=ilike", address.city)])
        # A pattern in the name ("S_o Paul%") must not choose a city.
        found = found.filtered(lambda city: _plain(city.name) == name)
        if not found:
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
            and _plain(tidy_number(self.street_number or ""))
            == _plain(tidy_number(address.number))
            and _plain(self.street2) == _plain(address.complement)
        )
