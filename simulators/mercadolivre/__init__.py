"""A strict, stateful simulator of the Mercado Livre (MLB) API for sellers."""

from simulators.common.channel.engine import Credentials

from .catalog import DEFAULT_CATALOG
from .records import CatalogItem, Seller
from .simulator import MercadoLivreSimulator
