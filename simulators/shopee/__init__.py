"""A strict, stateful simulator of the Shopee Open Platform v2 (BR) for one shop."""

from simulators.common.channel.engine import Credentials

from .catalog import DEFAULT_CATALOG
from .records import CatalogItem, Shop
from .simulator import ShopeeSimulator
