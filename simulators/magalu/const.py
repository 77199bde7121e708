"""Numbers and names of the simulated API."""

from datetime import timedelta

SALES_CHANNEL = "9fe0d853-732b-4e4a-a0b0-cff988ed043d"
MARKETPLACE_CNPJ = "47960950000121"
GATEWAY_CNPJ = "01027058000191"

ACCESS_TOKEN_LIFE = timedelta(seconds=7200)
REFRESH_TOKEN_LIFE = timedelta(days=180)
AUTHORIZATION_CODE_LIFE = timedelta(minutes=10)
LABEL_LIFE = timedelta(minutes=15)
RETRY_AFTER_SECONDS = 7

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
NFE_MAX_BYTES = 1_000_000
MAX_MESSAGE = 2000
NFE_NAMESPACE = "http://www.portalfiscal.inf.br/nfe"
