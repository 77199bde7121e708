"""What the simulators of all channels share; ``README.md`` tells how to use it."""

from .engine import ChannelEngine, LogEntry
from .errors import ApiError, ControlError, TransitionRefused
from .routing import Answer, Route
from .simulator import ChannelSimulator
from .store import Store
