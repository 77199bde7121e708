from . import test_nfe_of_order
from . import test_delivery_of_order
