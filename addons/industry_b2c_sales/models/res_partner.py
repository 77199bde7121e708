import psycopg2

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.queue_job.exception import RetryableJobError

from ..domain.intake import IntakeConsumer, Problem, is_masked, unpunctuated
from ..domain.person import CPF_LENGTH, tidy_consumer


class ResPartner(models.Model):
    """A consumer is found by CPF or made on the fly, one per company. A person who was
    in the books before becomes a consumer with the first order.

    Two workers that make the same consumer at once meet at the unique index: the later
    one is tried again and then finds the partner of the first.
    """

    _inherit = "res.partner"

    b2c_consumer = fields.Boolean(
        string="Online Consumer",
        copy=False,
        help="Buys through a channel; new orders keep the address current.",
    )

    _b2c_consumer_uniq = models.UniqueIndex(
        "(vat, COALESCE(company_id, 0)) WHERE b2c_consumer AND vat IS NOT NULL",
        "This company has a consumer with this CPF already.",
    )
    # The trigram index of the column serves searches for a part of the number.
    _b2c_cnpj_cpf_idx = models.Index(
        "(cnpj_cpf_stripped) WHERE cnpj_cpf_stripped IS NOT NULL"
    )

    def _b2c_find(self, vat: str, company):
        """The partner with this CPF or CNPJ that the company may use, or none.

        An archived consumer counts: it comes back with the next order.
        """
        domain = Domain("cnpj_cpf_stripped", "=", unpunctuated(vat))
        domain &= Domain("company_id", "in", [False, company.id])
        domain &= Domain("active", "=", True) | Domain("b2c_consumer", "=", True)
        # The company's own partner before one that all share, and there the consumer:
        # it is the only one, while contacts share the number of their parent.
        partners = self.with_context(active_test=False)
        order = "company_id, b2c_consumer desc, active desc, id"
        found = partners.search(domain, order=order, limit=1)
        return self.browse(found.id)

    def _b2c_find_or_create(self, consumer: IntakeConsumer, company):
        """The consumer as a partner, made with the defaults of a non-contributor.

        An address is taken over from a newer order only while no parcel is on its way
        to the old one. Masked data neither makes nor overwrites a partner.

        :returns: ``(partner, problems)``; no partner when there are problems
        :raises RetryableJobError: another transaction makes the same consumer
        """
        if is_masked(consumer.name) or is_masked(unpunctuated(consumer.vat, "*#")):
            return self.browse(), [Problem("consumer_masked")]
        consumer = tidy_consumer(consumer)
        address, problems = self._b2c_address_vals(consumer.address)
        if problems:
            return self.browse(), problems
        partner = self._b2c_find(consumer.vat, company)
        if not partner:
            vals = self._b2c_consumer_vals(consumer, address, company)
            return self._b2c_create_consumer(vals), []
        if partner.b2c_consumer:
            partner._b2c_refresh(consumer, address)
        elif partner._b2c_is_person():
            partner._b2c_adopt(consumer, address)
        return partner, []

    def _b2c_create_consumer(self, vals: dict):
        # Another company's partner with this CPF is none of our business, but the
        # superuser of a job would find it and refuse ours.
        creator = self.with_context(allow_vat_duplicate=True)
        try:
            with self.env.cr.savepoint():
                return self.browse(creator.create(vals).id)
        except psycopg2.errors.UniqueViolation as error:
            if "b2c_consumer_uniq" not in str(error):
                raise
            # The database's words name the CPF, and the queue stores tracebacks.
            raise RetryableJobError("the same consumer is being created") from None

    def _b2c_is_person(self) -> bool:
        """A natural person who is no ICMS contributor: the sale to him is a consumer's.

        Who has a CNPJ or an IE (a farmer has both CPF and IE) belongs to the B2B sale.
        """
        self.ensure_one()
        if self.is_company or self.parent_id or self.l10n_br_ie_code:
            return False
        return len(self.cnpj_cpf_stripped or "") == CPF_LENGTH

    def _b2c_adopt(self, consumer: IntakeConsumer, address: dict):
        """Make a consumer of a person who was in the books before the first order.

        An address that somebody entered stays: later orders keep it current as any
        consumer's.
        """
        vals = self._b2c_lacking_vals(consumer) | {"b2c_consumer": True}
        if not (self.zip or self.street_name or self.city_id):
            vals |= address
        self.write(vals)

    def _b2c_lacking_vals(self, consumer: IntakeConsumer) -> dict:
        """Defaults and contacts that the partner lacks; what is there stays."""
        self.ensure_one()
        vals = {}
        if not self._b2c_has_defaults():
            vals |= self._b2c_defaults(self.is_company)
        for name in ("email", "phone"):
            if not self[name] and getattr(consumer, name):
                vals[name] = getattr(consumer, name)
        return vals

    def _b2c_refresh(self, consumer: IntakeConsumer, address: dict):
        """Take over from a newer order what a known consumer lacks, and a new address.

        Name and what is there already stay: they stand on notes.
        """
        vals = self._b2c_lacking_vals(consumer)
        if not self.active:
            vals["active"] = True
        if (
            not self._b2c_has_address(consumer.address)
            and not self._b2c_awaits_parcel()
        ):
            vals |= address
        if vals:
            self.write(vals)

    def _b2c_consumer_vals(self, consumer, address: dict, company) -> dict:
        """Values of a new consumer, from tidy data."""
        is_company = len(consumer.vat) != CPF_LENGTH
        return (
            address
            | self._b2c_defaults(is_company)
            | {
                "name": consumer.name,
                "vat": consumer.vat,
                "is_company": is_company,
                "email": consumer.email,
                "phone": consumer.phone,
                "company_id": company.id,
                "lang": company._b2c_lang(),
                "b2c_consumer": True,
            }
        )

    def _b2c_defaults(self, is_company: bool) -> dict:
        """What is true of every consumer: buys for himself (ind_final 1), no ICMS
        contributor (ind_ie_dest 9), in Brazil. Portal NF-e, manual de orientação 7.0,
        E16a."""
        profile = self._default_fiscal_profile_id(is_company)
        if profile.ind_ie_dest != "9":
            profile = profile.search(
                [("ind_ie_dest", "=", "9"), ("is_company", "=", is_company)], limit=1
            )
        return {
            "country_id": self._b2c_brazil_id(),
            "ind_final": "1",
            "ind_ie_dest": "9",
            "fiscal_profile_id": profile.id,
        }

    def _b2c_brazil_id(self) -> int:
        # From the cache: ``env.ref`` asks the database each time.
        return self.env["ir.model.data"]._xmlid_to_res_id("base.br")

    def _b2c_has_defaults(self) -> bool:
        """Nothing to correct; who got an IE since is a contributor for good reason."""
        if self.l10n_br_ie_code:
            return True
        country = self.country_id.id == self._b2c_brazil_id()
        status = self.ind_final == "1" and self.ind_ie_dest == "9"
        return country and status and bool(self.fiscal_profile_id)

    def _b2c_awaits_parcel(self) -> bool:
        """Is an order of this consumer still on its way to the address?"""
        return bool(self._b2c_open_orders(limit=1))

    def _b2c_open_orders(self, limit=None) -> int:
        """How many orders of these consumers are not delivered and not cancelled."""
        return self.env["sale.order"].search_count(
            [
                ("partner_id", "in", self.ids),
                ("state", "!=", "cancel"),
                "|",
                ("state", "!=", "sale"),
                ("picking_ids.state", "not in", ("done", "cancel")),
            ],
            limit=limit,
        )
