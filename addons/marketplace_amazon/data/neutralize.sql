-- a copy must neither call Amazon nor use its refresh token
DELETE FROM marketplace_token
 WHERE account_id IN (SELECT id FROM marketplace_account WHERE channel = 'amazon');
UPDATE marketplace_account
   SET base_url = 'http://127.0.0.1:9',
       client_id = NULL,
       client_secret = NULL
 WHERE channel = 'amazon';
