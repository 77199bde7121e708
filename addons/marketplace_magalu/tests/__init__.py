from . import test_account
from . import test_connect_and_import
from . import test_deliveries
from . import test_neutralize
