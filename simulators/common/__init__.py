"""What every simulator shares: clock, HTTP server, certificates."""

from .clock import Clock
from .server import WsgiServer
