"""A strict, stateful simulator of the Mercado Livre (MLB) API for sellers."""

from .catalog import DEFAULT_CATALOG
from .oauth import Credentials
from .records import CatalogItem, Seller
from .simulator import MercadoLivreSimulator
