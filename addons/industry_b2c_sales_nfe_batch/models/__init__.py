from . import fiscal_document
from . import sale_order
