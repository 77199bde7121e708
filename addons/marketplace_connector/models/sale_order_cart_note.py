"""A cart of several orders in one parcel gets one NF-e."""

from odoo import models

from odoo.addons.industry_b2c_sales.exceptions import B2cHoldError

UNDONE = ("cancelled", "superseded")


class SaleOrder(models.Model):
    """Channels that attach the NF-e to the parcel want all orders of it on one NF-e
    (``InvoiceTarget.order_ids``): they wait for each other and are invoiced together.
    """

    _inherit = "sale.order"

    def _marketplace_carts(self) -> dict:
        """The orders that share an NF-e, by order of ``self`` that does not go alone.

        The values hold the order itself; an empty one: an order of the cart is not
        here yet, or waits in the work queue.
        """
        # sudo: whoever invoices may not read bindings and parcels.
        packed = self.filtered("b2c_pack_id").sudo()
        return {
            order: cart.with_env(self.env)
            for order in packed
            if len(cart := order._marketplace_cart()) != 1
        }

    def _marketplace_cart(self):
        self.ensure_one()
        parcels = self.marketplace_order_ids.parcel_ids.filtered(
            lambda parcel: parcel.state != "cancelled"
        )
        refs = {
            ref
            for parcel in parcels
            for ref in (parcel.target_orders or "").split(",")
            if ref
        }
        if len(refs) < 2:
            return self
        bindings = self.env["marketplace.order"].search(
            [
                ("account_id", "=", self.marketplace_account_id.id),
                ("external_id", "in", list(refs)),
            ]
        )
        living = bindings.filtered(lambda binding: binding.state not in UNDONE)
        if refs - set(bindings.mapped("external_id")):
            return self.browse()
        if not all(binding.sale_order_id for binding in living):
            return self.browse()
        orders = living.sale_order_id | self
        # Who has its own NF-e already, for whatever reason, keeps it.
        return orders.filtered(
            lambda order: (
                order.b2c_order_state not in UNDONE
                and (order == self or not order._b2c_alone_on_note())
            )
        )

    def _b2c_alone_on_note(self) -> bool:
        """Is there a posted invoice for this order and no other?"""
        posted = self._b2c_posted_invoices()
        return bool(posted) and posted.invoice_line_ids.sale_line_ids.order_id == self

    def _marketplace_mates(self):
        """The other orders of the carts, as far as their goods are reserved."""
        carts = self._marketplace_carts().values()
        mates = self.browse().concat(*carts) - self
        return mates.filtered(
            lambda order: order.state == "sale" and order._b2c_is_reserved()
        )

    # ------------------------------------------------------------ together

    def _b2c_advance_invoice(self):
        return super(SaleOrder, self | self._marketplace_mates())._b2c_advance_invoice()

    def _b2c_advance_post(self):
        return super(SaleOrder, self | self._marketplace_mates())._b2c_advance_post()

    def _b2c_for_note(self):
        """Whole carts only: one order that is held holds its cart."""
        going = super()._b2c_for_note()
        carts = going._marketplace_carts()
        return going.filtered(
            lambda order: order not in carts or (carts[order] and carts[order] <= going)
        )

    def _b2c_make_invoices(self):
        carts = self._marketplace_carts()
        alone = self.filtered(lambda order: order not in carts)
        super(SaleOrder, alone)._b2c_make_invoices()
        for cart in {tuple(sorted(cart.ids)): cart for cart in carts.values()}.values():
            if cart and cart <= self and not cart._b2c_invoices():
                cart._marketplace_invoice_cart()
        for order in self - alone:
            order._marketplace_ensure_invoice()

    def _marketplace_invoice_cart(self):
        quick = self.with_context(skip_compute_fiscal_tax_ids=True)
        invoices = quick._create_invoices(grouped=False)
        if len(invoices) > 1:
            raise B2cHoldError(
                self.env._(
                    "The orders of cart %(cart)s cannot stand on one NF-e: consumer or "
                    "address differ.",
                    cart=self[0].b2c_pack_id,
                ),
                ["cart_differs"],
            )

    def _marketplace_ensure_invoice(self):
        if not self._b2c_invoices():
            raise B2cHoldError(
                self.env._(
                    "Cart %(cart)s gets one NF-e for all of its orders: another one of "
                    "them stands.",
                    cart=self.b2c_pack_id,
                ),
                ["cart_incomplete"],
            )

    # ------------------------------------------------------------ cancelled

    def _b2c_cancel_step_cancel_nfe(self):
        """An NF-e that other orders need is not cancelled by a machine."""
        self.ensure_one()
        # sudo: whoever cancels may not read notes.
        documents = self.sudo().invoice_ids.fiscal_document_id
        notes = documents.filtered(lambda doc: doc.state_edoc == "autorizada")
        others = notes._marketplace_sales() - self
        needed = others.filtered(lambda order: order.b2c_order_state not in UNDONE)
        if not needed:
            return super()._b2c_cancel_step_cancel_nfe()
        env = self.marketplace_account_id._in_company_language().env
        return "manual", env._(
            "NF-e %(number)s is that of %(orders)s as well: cancel it and issue one "
            "without these goods, or prepare the return NF-e for them.",
            number=", ".join(notes.mapped("document_number")),
            orders=", ".join(needed.mapped("name")),
        )
