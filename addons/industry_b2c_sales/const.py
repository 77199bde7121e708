"""Selections and texts: every code of ``domain/`` has its words here."""

from odoo.tools.translate import LazyTranslate

from . import const_import

_lt = LazyTranslate(__name__)

USER_GROUP = "industry_b2c_sales.industry_b2c_sales_group_user"

AXIS_SELECTION = [
    ("order", "Order"),
    ("payment", "Payment"),
    ("fiscal", "Fiscal"),
    ("parcel", "Parcel"),
    ("return", "Return"),
    ("settlement", "Settlement"),
]
SIZE_SELECTION = [
    ("unit", "Unit"),
    ("carton", "Master Carton"),
    ("pallet", "Pallet"),
]
CLOSED_SELECTION = SIZE_SELECTION[1:]
WAIT_SELECTION = [
    ("b2b", "Kept for B2B"),
    ("open", "To Be Opened"),
    ("short", "Not in Stock"),
]
READINESS_SELECTION = [
    ("blocked", "Blocked"),
    ("advice", "Could Be Better"),
    ("ready", "Ready"),
]
ORDER_SELECTION = [
    ("awaiting_payment", "Awaiting Payment"),
    ("on_hold", "On Hold"),
    ("ready", "Ready"),
    ("shipped", "Shipped"),
    ("delivered", "Delivered"),
    ("completed", "Completed"),
    ("cancel_requested", "Cancel Requested"),
    ("cancelled", "Cancelled"),
    ("superseded", "Superseded"),
]
PAYMENT_SELECTION = [
    ("pending", "Pending"),
    ("paid", "Paid"),
    ("rejected", "Rejected"),
    ("part_refunded", "Partly Refunded"),
    ("refunded", "Refunded"),
    ("in_dispute", "In Dispute"),
    ("charged_back", "Charged Back"),
]
FISCAL_SELECTION = [
    ("not_required", "Not Required"),
    ("not_yet", "Not Yet"),
    ("needed", "NF-e Needed"),
    ("invoiced", "Invoiced"),
    ("nfe_rejected", "Rejected by SEFAZ"),
    ("authorized", "Authorised"),
    ("sent", "Sent to Channel"),
    ("processing", "Channel Checks It"),
    ("rejected", "Refused by Channel"),
    ("accepted", "Accepted by Channel"),
    ("cancelled", "NF-e Cancelled"),
]
PARCEL_SELECTION = [
    ("not_ready", "Not Ready"),
    ("awaiting_invoice", "Awaiting NF-e"),
    ("to_arrange", "To Arrange"),
    ("label_pending", "Label Pending"),
    ("label_ready", "Label Ready"),
    ("printed", "Label Printed"),
    ("handed_over", "Handed Over"),
    ("in_transit", "In Transit"),
    ("delivered", "Delivered"),
    ("failed", "Delivery Failed"),
    ("returning", "Coming Back"),
    ("returned", "Returned"),
    ("lost", "Lost"),
    ("cancelled", "Parcel Cancelled"),
]
RETURN_SELECTION = [
    ("requested", "Requested"),
    ("approved", "Approved"),
    ("in_transit", "In Transit"),
    ("received", "Received"),
    ("in_review", "In Review"),
    ("disputed", "Disputed"),
    ("refunded", "Refunded"),
    ("rejected", "Rejected"),
    ("cancelled", "Return Cancelled"),
    ("closed", "Closed"),
]
SETTLEMENT_SELECTION = [
    ("expected", "Expected"),
    ("part_settled", "Partly Settled"),
    ("divergent", "Divergent"),
    ("settled", "Settled"),
    ("closed", "Closed"),
]
# What a person did, see ``domain.control``.
CONTROL_STATES = {
    "held": _lt("Held"),
    "released": _lt("Released"),
    "overridden": _lt("Override Granted"),
    "override_used": _lt("Override Used"),
    "override_withdrawn": _lt("Override Withdrawn"),
    "units_cancelled": _lt("Units Cancelled"),
}
# The log also holds what persons did, which is on no axis.
EVENT_SELECTION = [*AXIS_SELECTION, ("control", "Control")]
# Who wrote an entry of the log when it was a person: see its creator.
BY_USER = "user"
OPERATION_SELECTION = [
    ("reserve", "Reserve"),
    ("wave", "Wave"),
    ("pick", "Pick"),
    ("pack", "Pack"),
    ("nfe", "NF-e"),
    ("xml", "XML to Channel"),
    ("label", "Label"),
    ("dispatch", "Dispatch"),
    ("freight_payment", "Freight Payment"),
    ("refund", "Refund"),
    ("settlement", "Settlement"),
]
ASKER_SELECTION = [
    ("consumer", "Consumer"),
    ("seller", "Seller"),
    ("channel", "Channel"),
]
# The field of sale.order that shows the state of an axis.
AXIS_FIELDS = {axis: f"b2c_{axis}_state" for axis, _label in AXIS_SELECTION}

# What keeps an order from being taken in or from going on: message, what to do.
PROBLEMS = {
    **const_import.PROBLEMS,
    "consumer_masked": (
        _lt("The channel hides the consumer's name or CPF."),
        _lt("Wait until the channel releases the data, then try again."),
    ),
    "name_missing": (
        _lt("The consumer has no name."),
        _lt("Ask the channel for the buyer's data, then try again."),
    ),
    "vat_missing": (
        _lt("The consumer has no CPF."),
        _lt("Ask the consumer for the CPF: without it no NF-e is possible."),
    ),
    "cpf_invalid": (
        _lt("The CPF %(vat)s is not valid."),
        _lt("Ask the consumer for the right CPF and correct it at the channel."),
    ),
    "cnpj_invalid": (
        _lt("The CNPJ %(vat)s is not valid."),
        _lt("Ask the consumer for the right CNPJ and correct it at the channel."),
    ),
    "address_masked": (
        _lt("The channel hides the address."),
        _lt("Wait until the channel releases the data, then try again."),
    ),
    "country_foreign": (
        _lt("The address is in %(country)s, not in Brazil."),
        _lt("Cancel the sale at the channel: only Brazil is served."),
    ),
    "street_missing": (
        _lt("The address has no street."),
        _lt("Ask the consumer for the full address."),
    ),
    "number_missing": (
        _lt("The address has no number."),
        _lt("Ask the consumer for the number, or use S/N."),
    ),
    "uf_missing": (
        _lt("The address has no state (UF)."),
        _lt("Ask the consumer for the full address."),
    ),
    "city_missing": (
        _lt("The address has no city, and no CEP range tells it."),
        _lt("Ask the consumer for the city, or enter the range of the CEP."),
    ),
    "zip_invalid": (
        _lt("The CEP %(zip)s does not have eight digits."),
        _lt("Ask the consumer for the right CEP."),
    ),
    "zip_missing": (
        _lt("The address has no CEP."),
        _lt("Ask the consumer for the CEP."),
    ),
    "zip_unknown": (
        _lt("There is no CEP %(zip)s: it is in no city's range."),
        _lt("Ask the consumer for the right CEP, or add it to the CEP ranges."),
    ),
    "zip_city_mismatch": (
        _lt("The CEP %(zip)s belongs to %(zip_city)s, but the address is in %(city)s."),
        _lt("Ask the consumer which is right, or correct the table of CEP ranges."),
    ),
    "city_uf_mismatch": (
        _lt("The city with the IBGE code %(city)s is not in %(uf)s."),
        _lt("Ask the consumer which of the two is right."),
    ),
    "zip_uf_mismatch": (
        _lt("The CEP %(zip)s belongs to %(zip_uf)s, but the address is in %(uf)s."),
        _lt("Ask the consumer which of the two is right."),
    ),
    "city_unknown": (
        _lt("There is no city %(city)s in %(uf)s."),
        _lt("Correct the city, or add it to the list of cities with its IBGE code."),
    ),
    "lines_missing": (
        _lt("The order has no items."),
        _lt("Look at the order at the channel."),
    ),
    "quantity_invalid": (
        _lt("%(line)s: the quantity is not positive."),
        _lt("Look at the order at the channel."),
    ),
    "price_invalid": (
        _lt("%(line)s: the price is not positive."),
        _lt("Look at the order at the channel."),
    ),
    "discount_invalid": (
        _lt("%(line)s: the discount is negative or greater than the price."),
        _lt("Look at the order at the channel."),
    ),
    "freight_invalid": (
        _lt("The freight %(freight)s is negative."),
        _lt("Look at the order at the channel."),
    ),
    "total_mismatch": (
        _lt("The items come to %(expected)s, but %(paid)s was paid."),
        _lt("Look for a discount or a freight that the channel did not tell."),
    ),
    "sku_unknown": (
        _lt("No product has the code %(sku)s (%(line)s)."),
        _lt("Choose the product here, or set the code as its internal reference."),
    ),
    "duplicate_suspected": (
        _lt("%(order)s from %(source)s has the same number and the same consumer."),
        _lt(
            "If it is the same sale, press Solved. If it is another one, take it in "
            "anyway."
        ),
    ),
    "order_changed": (
        _lt("The order was taken in at %(known)s, now the channel says %(paid)s."),
        _lt("Compare it with the channel and correct the order or cancel it."),
    ),
    "operation_missing": (
        _lt("%(company)s has no fiscal operation for sales."),
        _lt("Set the sales fiscal operation in the company's fiscal settings."),
    ),
    "ncm_missing": (
        _lt("%(product)s has no NCM."),
        _lt("Fill in the NCM of the product: the order then goes on by itself."),
    ),
    "fiscal_type_missing": (
        _lt("%(product)s has no fiscal type."),
        _lt("Fill in the fiscal type of the product (04: own production)."),
    ),
    "gtin_missing": (
        _lt("%(product)s has no GTIN."),
        _lt("Fill in the bar code of the unit, or register one at GS1 Brasil."),
    ),
    "gtin_invalid": (
        _lt("The bar code of %(product)s is no GTIN."),
        _lt("Compare it with the label: its check digit is wrong, or it is internal."),
    ),
    "weight_missing": (
        _lt("%(product)s has no weight."),
        _lt("Weigh one unit as it is shipped: freight depends on it."),
    ),
    "dimensions_missing": (
        _lt("%(product)s has no dimensions."),
        _lt("Measure one unit as it is shipped: box and freight depend on it."),
    ),
    "price_missing": (
        _lt("%(product)s has no price for the unit."),
        _lt("Fill in the sales price, with all taxes, of one unit."),
    ),
    "unit_code_missing": (
        _lt("The unit of %(product)s has no code of at most six characters."),
        _lt("Fill in the code of the unit of measure, for example UN (uCom)."),
    ),
    "tax_classification_missing": (
        _lt("%(product)s: the company has no tax classification (IBS, CBS)."),
        _lt("Set the tax classification in the company's fiscal settings."),
    ),
    "invoice_total_mismatch": (
        _lt("The invoice would come to %(total)s, but %(paid)s was paid."),
        _lt("Check the taxes of the products: what is added on top of the price?"),
    ),
    "stock_missing": (
        _lt("There is not enough stock for %(order)s."),
        _lt("Replenish or produce: the order then goes on by itself."),
    ),
    "out_of_stock": (
        _lt("Out of stock: what %(order)s sold on the channel was sold elsewhere too."),
        _lt(
            "Cancel it at the channel with the reason out of stock; or replenish, and "
            "the order goes on by itself."
        ),
    ),
    "stock_kept_for_b2b": (
        _lt("The stock for %(order)s is kept for B2B."),
        _lt("Replenish, or change the reservation policy."),
    ),
    "stock_to_open": (
        _lt("A carton or pallet must be opened for %(order)s."),
        _lt("Do the task in Stock › Open Cartons: the order then goes on by itself."),
    ),
    "intake_failed": (
        _lt("The order could not be taken in: %(error)s"),
        _lt("Correct the cause and try again."),
    ),
    "advance_failed": (
        _lt("%(error)s"),
        _lt("Correct the cause and try again."),
    ),
    "dispatch_failed": (
        _lt("The delivery could not be validated: %(error)s"),
        _lt("Correct the cause and try again."),
    ),
    "cancel_step_failed": (
        _lt("Cancellation, %(step)s: %(error)s"),
        _lt("It is tried again every 15 minutes; or finish it by hand."),
    ),
    "cancel_step_manual": (
        _lt("Cancellation, %(step)s: %(error)s"),
        _lt("Do it by hand, then press Solved."),
    ),
}

# Why the guard did not say go.
REASONS = {
    "ok": _lt("Free to go on"),
    "order_cancelled": _lt("The order was cancelled"),
    "order_superseded": _lt("The order was replaced by another one"),
    "order_awaiting_payment": _lt("The order awaits payment"),
    "order_on_hold": _lt("The channel holds the order"),
    "order_cancel_requested": _lt("The consumer asked to cancel"),
    "order_shipped": _lt("The order is already shipped"),
    "order_delivered": _lt("The order is already delivered"),
    "order_completed": _lt("The order is already completed"),
    "order_no_state": _lt("Nothing is known about the order's state"),
    "payment_refunded": _lt("The payment was refunded"),
    "payment_charged_back": _lt("The payment was charged back"),
    "payment_pending": _lt("The payment is pending"),
    "payment_rejected": _lt("The payment was rejected"),
    "payment_part_refunded": _lt("The payment was partly refunded"),
    "payment_in_dispute": _lt("The payment is in dispute"),
    "payment_no_state": _lt("Nothing is known about the payment"),
    "provider_error": _lt("The channel could not be asked"),
    "status_stale": _lt("The channel's answer is too old"),
    "status_unknown": _lt("The channel told a state that is not known here"),
    "order_held": _lt("A person holds the order"),
    "order_changing": _lt("Units are being taken out of the order"),
    "overridden": _lt("Overridden by a person"),
    "not_invoiced": _lt("There is no posted invoice yet"),
    "nfe_not_authorized": _lt("The NF-e is not authorised"),
    "not_reserved": _lt("The stock is not reserved"),
    "dispatch_failed": _lt("The delivery could not be validated"),
    "cart_incomplete": _lt("Another order of the same cart is not ready yet"),
    "no_delivery": _lt("There is nothing to deliver"),
}
