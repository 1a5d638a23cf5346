-- Times are milliseconds since 1970-01-01T00:00:00Z. Severities are ranks: 0 low … 3 critical.

CREATE TABLE source (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    profile TEXT NOT NULL,
    user TEXT NOT NULL,
    -- What of the backend is wanted: a JSON object of lists of texts.
    parameters TEXT NOT NULL,
    signed_out INTEGER NOT NULL DEFAULT 0,
    simulated INTEGER NOT NULL DEFAULT 0,
    -- Whether the password is in the system's vault.
    remembered INTEGER NOT NULL DEFAULT 0,
    -- Until when everything is stored.
    stored_until INTEGER
) STRICT;

-- How far into a source's lists and streams we are; written with the events that got us there.
CREATE TABLE position (
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (source, name)
) STRICT, WITHOUT ROWID;

-- Appended, never changed.
CREATE TABLE event (
    -- Numbers are never used again: the window and old notifications go by them.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    kind INTEGER NOT NULL,
    -- The server's name of the message.
    what TEXT,
    subject TEXT NOT NULL,
    digest INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    occurred_at INTEGER,
    severity INTEGER,
    score REAL,
    state TEXT,
    owner TEXT,
    scenario TEXT,
    title TEXT,
    customer TEXT,
    customer_name TEXT,
    amount TEXT,
    currency TEXT,
    country TEXT,
    city TEXT,
    channel TEXT,
    merchant TEXT,
    txn TEXT,
    progress REAL,
    -- JSON, where there are any.
    factors TEXT,
    details TEXT,
    -- Names of fields that were there but could not be read, separated by commas.
    unreadable TEXT,
    raw TEXT NOT NULL
) STRICT;

-- The identity of an event: what makes a replay stored once.
CREATE UNIQUE INDEX event_identity ON event (source, kind, subject, digest);
CREATE INDEX event_kind ON event (kind);
-- What is neither a transaction nor an alert: the activity feed.
CREATE INDEX event_activity ON event (id) WHERE kind NOT IN (1, 2);

-- The current state of each alert; its facts are those of its newest event.
CREATE TABLE alert (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    event INTEGER NOT NULL REFERENCES event (id),
    version INTEGER,
    severity INTEGER NOT NULL,
    state TEXT NOT NULL,
    closed INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    -- Grows with each change of any alert.
    change INTEGER NOT NULL,
    acknowledged_at INTEGER,
    -- Whether the policy has still to decide what to announce.
    pending INTEGER NOT NULL,
    -- Whether it arrived while catching up or was held back: it belongs in a digest.
    away INTEGER NOT NULL,
    -- The greatest severity that was announced.
    announced INTEGER
) STRICT;

CREATE UNIQUE INDEX alert_subject ON alert (source, subject);
CREATE INDEX alert_newest ON alert (occurred_at, id);
CREATE INDEX alert_open ON alert (severity, acknowledged_at) WHERE closed = 0;
CREATE INDEX alert_change ON alert (change);
CREATE INDEX alert_pending ON alert (pending) WHERE pending = 1;
CREATE INDEX alert_event ON alert (event);

-- The greatest change of any alert so far; it never falls, not even when alerts are removed.
CREATE TABLE alert_changes (
    latest INTEGER NOT NULL
) STRICT;

INSERT INTO alert_changes (latest) VALUES (0);

-- Number of events by source and kind.
CREATE TABLE tally (
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    kind INTEGER NOT NULL,
    events INTEGER NOT NULL,
    PRIMARY KEY (source, kind)
) STRICT, WITHOUT ROWID;

-- Frames that could not be read: the newest few.
CREATE TABLE rejected (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    received_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    length INTEGER NOT NULL,
    head TEXT NOT NULL
) STRICT;

-- Stretches that we missed.
CREATE TABLE gap (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER,
    reason TEXT NOT NULL,
    closed_at INTEGER
) STRICT;

CREATE INDEX gap_open ON gap (source) WHERE end IS NULL;
