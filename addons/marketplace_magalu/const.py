"""Names and numbers of the Magalu Open API."""

from datetime import timedelta

CHANNEL = "magalu"

API_URL = "https://api.magalu.com"
ID_URL = "https://id.magalu.com"

# Magazine Luiza among the sales channels of one tenant; an order names its own.
DEFAULT_SALES_CHANNEL = "9fe0d853-732b-4e4a-a0b0-cff988ed043d"
# Magazine Luiza S/A: goes to infIntermed of the NF-e (NT 2020.006) when an order does
# not name the marketplace that sold it.
INTERMEDIARY_CNPJ = "47960950000121"

SCOPES = (
    "open:order-order-seller:read",
    "open:order-delivery-seller:read",
    "open:order-delivery-seller:write",
    "open:order-invoice-seller:read",
    "open:order-logistics-seller:read",
    "open:order-logistics-seller:write",
    "open:portfolio-skus-seller:read",
    "open:portfolio-stocks-seller:read",
    "open:portfolio-stocks-seller:write",
    "open:portfolio-prices-seller:read",
    "open:portfolio-prices-seller:write",
    "open:tickets-seller:read",
    "open:ticket-events-seller:read",
    "open:ticket-events-seller:write",
    "open:ticket-messages-seller:read",
    "open:ticket-messages-seller:write",
    "open:sac-transaction-seller:read",
    "open:trace:read",
    "open:queue-history:read",
)

PAGE_LIMIT = 50
LABEL_BATCH = 50
NFE_MAX_BYTES = 1_000_000
POLL_OVERLAP = timedelta(minutes=10)
ACK_DEADLINE = timedelta(seconds=5)
REFRESH_LIFE = timedelta(days=180)
MAX_ATTACHMENT = 25_000_000

TRACE_WAITS = (0.0, 0.5, 1.5)
"""Seconds before each look at what became of an asynchronous write."""

NORMALIZER = 100
"""Amounts that we send are in cents."""
