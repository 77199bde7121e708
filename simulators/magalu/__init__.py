"""A strict, stateful simulator of the Magalu Open API for sellers."""

from .catalog import DEFAULT_CATALOG
from .records import CatalogItem, Seller
from .simulator import MagaluSimulator
