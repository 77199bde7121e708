from . import marketplace_amazon_token
