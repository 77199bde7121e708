from odoo import models

from ..domain.intake import IntakeAddress, Problem, digits
from ..domain.person import tidy_address, tidy_number
from ..domain.text import plain


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

        The CEP tells it; what the channel says must not contradict. Only where the
        table knows a CEP and not its IBGE code the channel's word counts.

        :returns: ``(city, None)`` or ``(no city, problem)``
        """
        known, by_zip = self.env["l10n_br.zip.range"]._b2c_place(address.zip)
        if not known:
            return by_zip, Problem("zip_unknown", {"zip": address.zip})
        if by_zip and self._b2c_is_told(by_zip, address):
            return by_zip, None
        told = self._b2c_told_city(address)
        if by_zip and told and told != by_zip:
            params = {"zip": address.zip, "zip_city": by_zip.name, "city": told.name}
            return told.browse(), Problem("zip_city_mismatch", params)
        if by_zip or told:
            # A name that no city has is a district or misspelt.
            return by_zip or told, None
        if not (address.city_ibge or address.city):
            return told, Problem("city_missing")
        params = {"city": address.city or address.city_ibge, "uf": address.uf}
        return told, Problem("city_unknown", params)

    def _b2c_is_told(self, city, address: IntakeAddress) -> bool:
        """Does the channel name this city, too?"""
        if address.city_ibge:
            return city.ibge_code == address.city_ibge
        return plain(city.name) == plain(address.city)

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
        name = plain(address.city)
        found = cities.search([*domain, ("name", "=ilike", address.city)])
        # A pattern in the name ("S_o Paul%") must not choose a city.
        found = found.filtered(lambda city: plain(city.name) == name)
        if not found:
            found = cities.search(domain).filtered(
                lambda city: plain(city.name) == name
            )
        return found if len(found) == 1 else cities

    def _b2c_has_address(self, address: IntakeAddress) -> bool:
        """Is this the partner's address, written however?"""
        self.ensure_one()
        return (
            digits(self.zip or "") == digits(address.zip)
            and plain(self.street_name or "") == plain(address.street)
            and plain(tidy_number(self.street_number or ""))
            == plain(tidy_number(address.number))
            and plain(self.street2 or "") == plain(address.complement)
        )
