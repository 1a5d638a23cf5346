-- What the analyst wants to hear of later: an alert, or all of a customer or a scenario.

-- Until when an alert is snoozed; `closed` is 2 then, so that it stands in no list and no count of open ones. Of one that has
-- come back: that it is to be told of again, however bad it is.
ALTER TABLE alert ADD COLUMN snoozed_until INTEGER;

CREATE INDEX alert_snoozed ON alert (snoozed_until) WHERE closed = 2;

-- Customers and scenarios of a source whose alerts are listed as ever, and announced only afterwards.
CREATE TABLE snooze (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    -- 1 a customer, 2 a scenario
    what INTEGER NOT NULL,
    -- The customer's identifier, or name where there is none; the scenario's code.
    value TEXT NOT NULL,
    name TEXT NOT NULL,
    until INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX snooze_what ON snooze (source, what, value);
