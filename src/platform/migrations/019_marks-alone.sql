-- Telephones and e-mails that clients are known by are matched by their marks; the values themselves are kept no longer.
update system_integrations set keys = keys - 'phones' - 'emails' where keys ?| array['phones', 'emails'];
