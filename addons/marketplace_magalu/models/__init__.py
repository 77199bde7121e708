from . import marketplace_account
from . import sale_order
from . import fiscal_document
from . import marketplace_outbox
