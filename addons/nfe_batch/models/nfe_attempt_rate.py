from odoo import models


class NfeAttemptRate(models.Model):
    """The board asks every few seconds what was sent in the last minutes."""

    _inherit = "nfe.attempt"

    _recent_index = models.Index("(company_id, started)")

    def _label(self, name, value):
        """A value of a selection in the user's language; states stand for outcomes
        while there is none."""
        for field in (name, "state"):
            labels = dict(self._fields[field]._description_selection(self.env))
            if value in labels:
                return labels[value]
        return value
