from . import fiscal_document
