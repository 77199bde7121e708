"""Names and numbers of the Mercado Livre API, site MLB."""

from datetime import timedelta, timezone

CHANNEL = "mercadolivre"
SITE = "MLB"

API_URL = "https://api.mercadolibre.com"
AUTH_URL = "https://auth.mercadolivre.com.br/authorization"

# EBAZAR.COM.BR LTDA: goes to infIntermed of the NF-e (NT 2020.006).
INTERMEDIARY_CNPJ = "03007331000141"
# Mercado Pago Instituição de Pagamento Ltda, who acquires every card payment: `card`
# group of detPag (NT 2025.001).
ACQUIRER_CNPJ = "10573521000191"

# Dates without an offset are in the time zone of Mercado Livre's servers.
ML_ZONE = timezone(timedelta(hours=-4))

SEARCH_LIMIT = 50
# ``/items?ids=`` leaves out what is beyond, without a word.
MULTIGET = 20
CLAIM_PAGE = 30
ANSWER_LIMIT = 2000
MESSAGE_LIMIT = 350
CLAIM_MESSAGE_LIMIT = 3500
# Since 02/02/2026 sellers write to this user, who passes it on to the buyer.
MESSAGE_AGENT = 3037675074
LABEL_BATCH = 50
NFE_MAX_BYTES = 1_000_000
# The date filter of the search ignores minutes and what changes late shows up late.
POLL_OVERLAP = timedelta(hours=2)
ACK_DEADLINE = timedelta(milliseconds=500)

# Mercado Livre takes the NF-e of these itself and gates the label with it.
INVOICE_LOGISTICS = frozenset(
    {"drop_off", "xd_drop_off", "xd_same_day", "cross_docking"}
)
FULFILLMENT = "fulfillment"
# The seller (or his own courier) carries the parcel.
OWN_LOGISTICS = frozenset({"self_service", "custom", "not_specified", "default"})
KNOWN_LOGISTICS = (
    INVOICE_LOGISTICS | OWN_LOGISTICS | {FULFILLMENT, "turbo", "proximity"}
)

TAG_PAID = "paid"
TAG_DELIVERED = "delivered"
TAG_NO_SHIPPING = "no_shipping"
TAG_FRAUD = "fraud_risk_detected"
FLAG_OF_TAG = {
    TAG_FRAUD: "fraud_risk",
    "test_order": "test",
    "b2b": "b2b",
    TAG_NO_SHIPPING: "no_shipping",
}
PACK_SPLIT = "pack_splitted"
