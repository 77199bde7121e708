from . import marketplace_account
from . import marketplace_account_problem
