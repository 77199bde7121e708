"""Numbers of the API models (Orders 2026-01-01, Delivery Shipment Invoice, …)."""

from datetime import timedelta

MARKETPLACE_ID = "A2Q3Y263D00KWC"
MARKETPLACE_NAME = "Amazon.com.br"
MARKETPLACE_CNPJ_ROOT = "15436940"
ACQUIRER = "01.027.058/0001-91"

ACCESS_LIFE = timedelta(hours=1)
CODE_LIFE = timedelta(minutes=5)
GRANT_LIFE = timedelta(days=365)
PAGE_TOKEN_LIFE = timedelta(hours=24)
SEARCH_LAG = timedelta(minutes=2)
ORDER_AGE = timedelta(minutes=10)
"""New orders are shown as if placed so long ago: the search hides younger ones."""

RATES = {
    "searchOrders": (0.0056, 20),
    "getOrder": (0.5, 30),
    "confirmShipment": (2.0, 10),
    "submitInvoice": (1.133, 25),
    "getInvoiceStatus": (1.133, 25),
    "searchListingsItems": (5.0, 5),
    "getListingsItem": (5.0, 10),
    "patchListingsItem": (5.0, 5),
}
"""Operation → (calls per second, burst); the others are not limited here."""

DATA_SETS = frozenset(
    "BUYER RECIPIENT PROCEEDS EXPENSE PROMOTION CANCELLATION FULFILLMENT PACKAGES TAX "
    "PAYMENT FULFILLMENT_ORDERS".split()
)
STATUSES = frozenset(
    "PENDING_AVAILABILITY PENDING UNSHIPPED PARTIALLY_SHIPPED SHIPPED CANCELLED "
    "UNFULFILLABLE".split()
)
PROGRAMS = ("EasyShip", "FbaOnSite", "SelfShip")
REJECTABLE = ("ACCEPTED", "CONFIRMED", "PACKAGE_CREATED", "PICKUP_SLOT_RETRIEVED")
