-- When a payment was made, in microseconds since 1970, for those who ask for what happened since.
ALTER TABLE transactions ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
UPDATE transactions SET at = round(unixepoch(json_extract(body, '$.timestamp'), 'subsec') * 1000000);
CREATE INDEX transactions_by_time ON transactions (at, sequence);

-- When an alert was raised, likewise, and the number of the change that raised it, which never moves. Of older
-- alerts only the last change is known.
ALTER TABLE alerts ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN added INTEGER NOT NULL DEFAULT 0;
UPDATE alerts SET
    at = round(unixepoch(json_extract(body, '$.timestamp'), 'subsec') * 1000000),
    added = sequence,
    body = json_set(body, '$.added', sequence);
CREATE INDEX alerts_by_time ON alerts (at, sequence);
CREATE UNIQUE INDEX alerts_as_added ON alerts (added);
