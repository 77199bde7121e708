from . import test_nfe_of_order
