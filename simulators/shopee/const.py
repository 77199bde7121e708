"""Numbers and words of the platform, region BR."""

from __future__ import annotations

from datetime import timedelta

ACCESS_LIFE = timedelta(hours=4)
OLD_ACCESS_GRACE = timedelta(minutes=5)
REFRESH_LIFE = timedelta(days=30)
CODE_LIFE = timedelta(minutes=10)
REFRESH_ECHO = timedelta(hours=4)
GRANT_LIFE = timedelta(days=365)
CLOCK_WINDOW = timedelta(minutes=5)

LIST_WINDOW = timedelta(days=15)
PAGE_MAX = 100
BATCH_MAX = 50
SHIP_TIME = timedelta(days=2)

INVOICE_MIN_AGE = timedelta(minutes=5)
INVOICE_MAX_BYTES = 1_000_000
NFE_NAMESPACE = "http://www.portalfiscal.inf.br/nfe"
CFOPS = frozenset(
    "6108 6102 5102 6107 6101 5101 5405 6404 6403 6106 5403 5106 6104 6109 6115 6103 "
    "6105 6401 5115 6120 5103 5105 5104 5109 6402 5120 6118 5401 5402 5112 5114 6112 "
    "5117 6117 5118 6113 6114 6119 5111 6123 6116 5116 5119 5113 6111".split()
)

PUSH_WAITS = (
    timedelta(seconds=300),
    timedelta(seconds=1800),
    timedelta(seconds=10800),
)
PUSH_TIMEOUT_MS = 3000
LOST_DAYS = timedelta(days=3)

UNPAID = "UNPAID"
PENDING = "PENDING"
READY_TO_SHIP = "READY_TO_SHIP"
PROCESSED = "PROCESSED"
SHIPPED = "SHIPPED"
TO_CONFIRM_RECEIVE = "TO_CONFIRM_RECEIVE"
IN_CANCEL = "IN_CANCEL"
CANCELLED = "CANCELLED"
COMPLETED = "COMPLETED"
TO_RETURN = "TO_RETURN"
LISTABLE = frozenset(
    {
        UNPAID,
        READY_TO_SHIP,
        PROCESSED,
        SHIPPED,
        COMPLETED,
        IN_CANCEL,
        CANCELLED,
        "INVOICE_PENDING",
    }
)
# A shop with a CNPJ sees name, CPF and address in these only.
SHOWN = frozenset({READY_TO_SHIP, PROCESSED, "RETRY_SHIP", TO_RETURN})

NOT_START = "LOGISTICS_NOT_START"
READY = "LOGISTICS_READY"
REQUEST_CREATED = "LOGISTICS_REQUEST_CREATED"
PICKUP_DONE = "LOGISTICS_PICKUP_DONE"
DELIVERY_DONE = "LOGISTICS_DELIVERY_DONE"
DELIVERY_FAILED = "LOGISTICS_DELIVERY_FAILED"
INVALID = "LOGISTICS_INVALID"
REQUEST_CANCELED = "LOGISTICS_REQUEST_CANCELED"

CARRIERS = {
    90003: "Shopee Xpress",
    90021: "Logística do vendedor",
    90022: "Shopee Entrega Direta",
    90026: "Entrega Turbo",
    91007: "Fulfilled by Shopee",
    90001: "Correios",
}
OWN_CHANNELS = frozenset({90021, 90025, 90026})
CORREIOS = 90001
BY_SHOPEE = 91007
"""Channel of the parcels that Shopee ships from its own stock."""
