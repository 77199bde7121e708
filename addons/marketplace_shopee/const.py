"""Names and numbers of the Shopee Open Platform v2, region BR."""

from datetime import timedelta, timezone

CHANNEL = "shopee"

API_URL = "https://openplatform.shopee.com.br"
AUTH_URL = "https://open.shopee.com.br/auth"

# SHPS Tecnologia e Serviços Ltda.: goes to infIntermed of the NF-e (NT 2020.006).
INTERMEDIARY_CNPJ = "35635824000112"

# The daily quota of calls starts anew at midnight in Singapore.
QUOTA_ZONE = timezone(timedelta(hours=8))

DETAIL_BATCH = 50
ESCROW_BATCH = 20
LIST_PAGE = 100
POLL_WINDOW = timedelta(days=15)
POLL_OVERLAP = timedelta(minutes=10)
ACK_DEADLINE = timedelta(seconds=3)
# Three tries after 5, 30 and 180 minutes; anything older is a replay.
PUSH_MAX_AGE = timedelta(hours=4)
CLOCK_WINDOW = timedelta(minutes=5)

REFRESH_LIFE = timedelta(days=30)
# An `expire_in` above this is a moment, not a number of seconds.
EPOCH_LIMIT = 1_000_000_000

BUYER_CANCEL_WINDOW = timedelta(hours=1)

NFE_MAX_BYTES = 1_000_000
# Shopee asks a registry that learns of an authorisation some minutes late.
NFE_MIN_AGE = timedelta(minutes=5)
NFE_SURELY_KNOWN = timedelta(minutes=30)
XML_FILE_TYPE = "4"
CFOPS = frozenset(
    "5101 5102 5103 5104 5105 5106 5109 5111 5112 5113 5114 5115 5116 5117 5118 5119 "
    "5120 5401 5402 5403 5405 6101 6102 6103 6104 6105 6106 6107 6108 6109 6111 6112 "
    "6113 6114 6115 6116 6117 6118 6119 6120 6123 6401 6402 6403 6404".split()
)
"""Operations that Shopee takes an NF-e of (guide "Emissão de NF-e", error 15)."""

BY_SHOPEE = "fulfilled_by_shopee"
# Carriers of which Shopee takes no NF-e (guide "Emissão de NF-e").
NO_INVOICE_CARRIER = "correios"
# The seller's own carriers, whose progress we tell.
OWN_CHANNELS = frozenset({"90021", "90025", "90026"})

LABEL_TYPES = {"pdf": "NORMAL_AIR_WAYBILL", "zpl2": "THERMAL_AIR_WAYBILL"}

# A buyer's data; everything not named here is missing in the answer.
ORDER_FIELDS = (
    "buyer_user_id,buyer_username,recipient_address,buyer_cpf_id,item_list,"
    "package_list,pay_time,payment_method,payment_info,total_amount,invoice_data,"
    "fulfillment_flag,cancel_by,cancel_reason,buyer_cancel_reason,shipping_carrier,"
    "estimated_shipping_fee,pickup_done_time"
)
LIVE_FIELDS = "pay_time,package_list,fulfillment_flag"
ITEM_STATES = ("NORMAL", "UNLIST", "BANNED", "REVIEWING")
