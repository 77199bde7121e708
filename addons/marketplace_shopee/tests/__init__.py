from . import test_account
from . import test_connect_and_import
from . import test_neutralize
from . import test_problems
from . import test_push
