from . import nfe_batch_add
from . import nfe_config_check
