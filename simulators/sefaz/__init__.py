"""A strict, stateful simulator of the NF-e 4.00 web services of a SEFAZ."""

from .office import Settings
from .simulator import SefazSimulator
