from . import test_intake
from . import test_consumer
from . import test_guard
from . import test_advance
from . import test_cancellation
from . import test_dispatch
from . import test_issues
from . import test_security
