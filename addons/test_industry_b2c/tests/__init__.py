from . import test_order_tour
