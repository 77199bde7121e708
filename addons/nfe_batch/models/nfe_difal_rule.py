from odoo import api, fields, models
from odoo.tools import ormcache

from ..domain import difal


class NfeDifalRule(models.Model):
    """Which base a state takes its share of a sale to a consumer from (DIFAL).

    The rule of a state counts from its first day until that of the next one. The
    shipped rules say what the Convênio ICMS 236/2021 says: one base, in every state.
    Who follows a state that claims another one (Minas Gerais has) adds a rule, with
    the legal basis beside it.
    """

    _name = "nfe.difal.rule"
    _description = "DIFAL Base of a State"
    _order = "state_id, date_from desc"
    _rec_name = "state_id"

    state_id = fields.Many2one(
        "res.country.state",
        "State of Destination",
        required=True,
        domain="[('country_id.code', '=', 'BR')]",
        ondelete="cascade",
    )
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    base = fields.Selection(
        [(difal.SINGLE, "Single base"), (difal.DOUBLE, "Double base")],
        required=True,
        default=difal.SINGLE,
        help="Single: the value of the operation. Double: without the interstate ICMS, "
        "with the internal rate and the FCP of the state inside.",
    )
    legal_basis = fields.Char(required=True)

    _state_date_unique = models.UniqueIndex(
        "(state_id, date_from)", "The state has a rule from this day already."
    )

    @api.model
    def _nfe_base(self, state, day):
        """The base that counts for a state of destination.

        :param state: ``res.country.state`` record
        :param date day: day of issue
        :return: ``domain.difal.SINGLE`` or ``DOUBLE``
        """
        return difal.base_on(self._nfe_rules().get(state.id, ()), day)

    @api.model
    @ormcache()
    def _nfe_rules(self):
        """All rules, read once: the engine asks for each line of each order.

        :return: dict of state id → tuple of (first day, base)
        """
        # sudo: whoever sells needs the rule; there is nothing secret in it.
        every = self.sudo().search_fetch([], ["state_id", "date_from", "base"])
        return {
            state.id: tuple((rule.date_from, rule.base) for rule in rules)
            for state, rules in every.grouped("state_id").items()
        }

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_clear_cache(self):
        self.env.registry.clear_cache()
