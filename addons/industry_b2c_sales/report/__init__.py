from . import b2c_order_latency
from . import b2c_latency_report
from . import b2c_stuck_order
