from . import nfe_contingency_wizard
from . import nfe_delivery_wizard
from . import nfe_dfe_search_wizard
from . import nfe_registry_wizard
from . import package_wizard
from . import nfe_batch_add
from . import nfe_config_check
