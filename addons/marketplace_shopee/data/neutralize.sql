-- a copy must neither call Shopee nor burn its refresh token
DELETE FROM marketplace_token
 WHERE account_id IN (SELECT id FROM marketplace_account WHERE channel = 'shopee');
UPDATE marketplace_account
   SET base_url = 'http://127.0.0.1:9',
       client_id = NULL,
       client_secret = NULL,
       shopee_push_url = NULL
 WHERE channel = 'shopee';
