from . import marketplace_answer
