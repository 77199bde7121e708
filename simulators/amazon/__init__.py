"""A strict, stateful simulator of the Selling Partner API, store Amazon.com.br."""

from simulators.common.channel.engine import Credentials

from .catalog import DEFAULT_CATALOG
from .records import CatalogItem, Seller
from .simulator import AmazonSimulator
