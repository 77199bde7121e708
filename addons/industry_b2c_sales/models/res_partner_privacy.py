from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ..domain.intake import unpunctuated
from ..domain.privacy import is_cpf, masked_cpf, names_whole_numbers

HIDDEN = frozenset(["vat", "cnpj_cpf_stripped", "vat_formatted_cnpj"])
"""Fields that hold the CPF: masked for consumers on every way out to a screen."""
GROUP = "industry_b2c_sales.industry_b2c_sales_group_personal_data"


class ResPartner(models.Model):
    """A consumer's CPF leaves the server masked, whatever screen or call asks for it.

    Code of the server (the note, the invoice) reads the fields as ever; what is masked
    is the answer to a client: reading, names with numbers, export, grouping, sorting
    and searching for a part of a number. Who has the group sees the whole number
    through `action_b2c_show`, which asks for the reason and records it.
    """

    _inherit = "res.partner"

    b2c_vat_masked = fields.Char(
        "CPF/CNPJ",
        compute="_compute_b2c_vat_masked",
        search="_search_b2c_vat_masked",
        help="A consumer's CPF is masked; search for the whole number.",
    )
    b2c_access_ids = fields.One2many(
        "b2c.consumer.access", "partner_id", "Accesses", readonly=True
    )

    @api.depends("vat", "b2c_consumer")
    def _compute_b2c_vat_masked(self):
        for partner in self:
            vat = partner.vat or ""
            partner.b2c_vat_masked = masked_cpf(vat) if partner.b2c_consumer else vat

    @api.model
    def _search_b2c_vat_masked(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        if isinstance(value, str):
            value = unpunctuated(value, "%_")
        elif value and not isinstance(value, bool):
            value = [unpunctuated(term) if term else term for term in value]
        domain = Domain("cnpj_cpf_stripped", operator, value)
        if self.env.su:
            return domain
        return domain.map_conditions(self._b2c_whole_numbers_only)

    def _b2c_hides_cpf(self) -> bool:
        return self.b2c_consumer and is_cpf(self.vat or "")

    # ------------------------------------------------------------ ways out

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        return self._b2c_mask_rows(rows, HIDDEN.intersection(fnames))

    def _b2c_mask_rows(self, rows, names):
        """Mask the fields ``names`` in the rows of `read`."""
        if not names or self.env.su:
            return rows
        for row in rows:
            if self.browse(row["id"])._b2c_hides_cpf():
                row.update({name: masked_cpf(row[name] or "") for name in names})
        return rows

    def onchange(self, values, field_names, fields_spec):
        result = super().onchange(values, field_names, fields_spec)
        if not self.env.su and self._origin._b2c_hides_cpf():
            for name in HIDDEN.intersection(result.get("value", ())):
                del result["value"][name]
        return result

    @api.depends("b2c_consumer", "vat")
    def _compute_display_name(self):
        # Masked for the superuser as well: a screen reads the name of what a record
        # points at with his rights.
        masked = self.browse()
        if self.env.context.get("show_vat"):
            masked = self.filtered(lambda partner: partner._b2c_hides_cpf())
        super(ResPartner, self - masked)._compute_display_name()
        plain = masked.with_context(show_vat=False)
        super(ResPartner, plain)._compute_display_name()
        glue = " \n " if self.env.context.get("show_address") else " - "
        for partner, name in zip(masked, plain, strict=True):
            partner.display_name = f"{name.display_name}{glue}{masked_cpf(partner.vat)}"

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Who has the group exports whole numbers and leaves a trace, others masked."""
        if not self.env.su and any(path and path[0] in HIDDEN for path in fields):
            consumers = self.filtered(lambda partner: partner._b2c_hides_cpf())
            if self.env.user.has_group(GROUP):
                reason = self.env._("Export of a list")
                self.env["b2c.consumer.access"]._log(consumers, "export", reason)
            elif consumers:
                fields = [
                    ["b2c_vat_masked"] if path and path[0] in HIDDEN else path
                    for path in fields
                ]
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    # ------------------------------------------------------------ ways to guess

    @api.model
    def _search(self, domain, *args, **kwargs):
        if not self.env.su:
            domain = Domain(domain).map_conditions(self._b2c_whole_numbers_only)
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _search_display_name(self, operator, value):
        # Names are searched by number too; this domain never passes through _search.
        domain = super()._search_display_name(operator, value)
        if self.env.su or domain is NotImplemented:
            return domain
        return Domain(domain).map_conditions(self._b2c_whole_numbers_only)

    @api.model
    def _b2c_whole_numbers_only(self, condition):
        """A consumer is found by the whole number: parts of it would tell it digit by
        digit."""
        if condition.field_expr not in HIDDEN:
            return condition
        if names_whole_numbers(condition.operator, condition.value):
            return condition
        return condition & Domain("b2c_consumer", "=", False)

    def _b2c_blank(self, name, alias, query, expression):
        """The SQL of a hidden field, empty for consumers."""
        if name not in HIDDEN or self.env.su:
            return expression
        consumer = self._field_to_sql(alias, "b2c_consumer", query)
        return SQL("CASE WHEN %s THEN NULL ELSE %s END", consumer, expression)

    def _read_group_groupby(self, alias, groupby_spec, query):
        expression = super()._read_group_groupby(alias, groupby_spec, query)
        return self._b2c_blank(groupby_spec, alias, query, expression)

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec.split(":")[0] in HIDDEN and not self.env.su:
            raise AccessError(self.env._("CPF and CNPJ cannot be aggregated."))
        return super()._read_group_select(aggregate_spec, query)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        order = super()._order_field_to_sql(alias, field_name, direction, nulls, query)
        if field_name not in HIDDEN or self.env.su or not order:
            return order
        field = self._field_to_sql(alias, field_name, query)
        blank = self._b2c_blank(field_name, alias, query, field)
        query._order_groupby.append(blank)
        return SQL("%s %s %s", blank, direction, nulls)

    # ------------------------------------------------------------ ways in

    def write(self, vals):
        """A masked number that a screen sends back is not news."""
        vals = {
            name: value
            for name, value in vals.items()
            if name not in HIDDEN or "*" not in (value or "")
        }
        return super().write(vals)

    # ------------------------------------------------------------ the recorded look

    def action_b2c_show(self):
        """Ask for the reason, then show the whole data of the consumer."""
        self.ensure_one()
        self._ensure_can_see_personal_data()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Show Personal Data"),
            "res_model": "b2c.consumer.show",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.id},
        }

    def _ensure_can_see_personal_data(self):
        self.check_access("read")
        if not self.env.user.has_group(GROUP):
            raise AccessError(
                self.env._("Your user may not see consumers' personal data.")
            )
