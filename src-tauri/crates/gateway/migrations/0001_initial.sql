-- One row for each transaction, in the order in which they were added. `body` is the whole of it as JSON; the
-- other columns are what is asked for.
CREATE TABLE transactions (
    sequence    INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    customer_id TEXT NOT NULL,
    category    TEXT NOT NULL,
    body        TEXT NOT NULL
) STRICT;
CREATE INDEX transactions_of_customer ON transactions (customer_id, sequence);

-- The current state of each alert. The sequence moves up with each change.
CREATE TABLE alerts (
    id       TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL UNIQUE,
    bank     TEXT NOT NULL,
    body     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: what has to outlive a restart.
CREATE TABLE state (
    only               INTEGER PRIMARY KEY CHECK (only = 1),
    -- The number before the first that was given; the keys of transactions and alerts count from it.
    born               INTEGER NOT NULL,
    -- The last number given to a change; never lowered.
    sequence           INTEGER NOT NULL,
    total_transactions INTEGER NOT NULL DEFAULT 0,
    total_alerts       INTEGER NOT NULL DEFAULT 0,
    risk_sum           REAL NOT NULL DEFAULT 0,
    -- How far the simulated traffic has come.
    payments_made      INTEGER NOT NULL DEFAULT 0,
    episodes_begun     INTEGER NOT NULL DEFAULT 0,
    signing_key        BLOB NOT NULL,
    -- The newest risk metrics as JSON.
    risk_metrics       TEXT
) STRICT;
