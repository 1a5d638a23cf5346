-- What the analyst has done to alerts at their servers: what waits to be sent, and what became of the rest. It goes with its
-- alert.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    alert INTEGER NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
    action TEXT NOT NULL,
    -- What is wanted: of `change_state` the state, of `assign` the owner.
    state TEXT,
    owner TEXT,
    -- How the alert stood before; what it is now, if it is neither that nor what is wanted, somebody else has made it.
    before_state TEXT NOT NULL,
    before_owner TEXT,
    asked_at INTEGER NOT NULL,
    -- 0 waiting, 1 confirmed, 2 refused, 3 somebody else has changed it meanwhile, 4 withdrawn
    standing INTEGER NOT NULL,
    -- The HTTP status of a refusal, where there was one.
    status INTEGER,
    settled_at INTEGER
) STRICT;

CREATE INDEX outbox_alert ON outbox (alert);
CREATE INDEX outbox_unsettled ON outbox (standing, id) WHERE standing IN (0, 2, 3);
