from . import test_account
from . import test_connect_and_sell
from . import test_neutralize
