from decimal import Decimal

from odoo import fields, models

from odoo.addons.nfe_batch.domain.document import Volume
from odoo.addons.nfe_batch.models.fiscal_document_trade import kilograms

WITHDRAWN = ("cancelada", "inutilizada", "denegada")
"""A note in one of these states ships nothing: its packages are free again."""


class FiscalDocument(models.Model):
    _inherit = "l10n_br_fiscal.document"

    nfe_package_ids = fields.Many2many(
        "stock.package",
        "nfe_document_package_rel",
        "document_id",
        "package_id",
        "Packages",
        copy=False,
        help="What leaves with this NF-e: they become its volumes, unless the number "
        "of volumes is typed in. Empty: the packages of the order's deliveries that no "
        "other NF-e has, found when the NF-e is confirmed.",
    )

    def _before_document_validate(self):
        for document in self.filtered("nfe_is_batch"):
            if not document.nfe_package_ids:
                document.nfe_package_ids = document._nfe_free_packages()
        return super()._before_document_validate()

    def _nfe_free_packages(self):
        """Packages on their way to the customer that no living note names yet."""
        self.ensure_one()
        packages = self._nfe_packed_lines().result_package_id
        taken = self.search(
            [
                ("nfe_package_ids", "in", packages.ids),
                ("id", "!=", self.id),
                ("state_edoc", "not in", WITHDRAWN),
            ]
        ).nfe_package_ids
        return (packages - taken).sorted("name")

    def _nfe_packed_lines(self):
        """What was put into packages to leave the house for the invoice's order.

        sudo: fiscal people need not be users of the warehouse.
        """
        moves = self.sudo().move_ids.line_ids.sale_line_ids.move_ids
        leaving = moves.filtered(
            lambda move: (
                move.picking_code == "outgoing"
                and move.state not in ("draft", "cancel")
                and not move.origin_returned_move_id
            )
        )
        return leaving.move_line_ids.filtered("result_package_id")

    def _nfe_prepare_volumes(self):
        """One entry (vol) per type of package, with count, names and weights."""
        # sudo: fiscal people may not read the types of packages.
        packages = self.sudo().nfe_package_ids
        if self.nfe_volume_count or not packages:
            return super()._nfe_prepare_volumes()
        return tuple(
            self._nfe_volume_of(group)
            for group in packages.grouped("package_type_id").values()
        )

    def _nfe_volume_of(self, packages):
        """Packages of one type as a ``Volume``.

        pesoB is what the scale said (``shipping_weight``), else contents and packaging.
        """
        lines = self._nfe_packed_lines().filtered(
            lambda line: line.result_package_id in packages
        )
        net = sum(line.quantity_product_uom * line.product_id.weight for line in lines)
        packed = sum(package.shipping_weight or package.weight for package in packages)
        names = ", ".join(packages.mapped("name"))
        return Volume(
            quantity=len(packages),
            kind=self.nfe_volume_kind or packages.package_type_id.name or Volume.kind,
            brand=self.nfe_volume_brand or "",
            numbering=self.nfe_volume_numbering or names[:60],
            net_weight=kilograms(net),
            gross_weight=max(kilograms(packed) or Decimal(0), kilograms(net) or 0)
            or None,
        )
