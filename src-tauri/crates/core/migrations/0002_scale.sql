-- A year of a busy bank: what is read often is maintained as it is written, and nothing is counted by looking at all of it.

-- Orders versions of one thing, as its profile has it; folded into the alert.
ALTER TABLE event ADD COLUMN version INTEGER;
-- Whether it was fetched or replayed to catch up.
ALTER TABLE event ADD COLUMN history INTEGER NOT NULL DEFAULT 0;

-- Whether the analyst has removed it: nothing of it is shown, and its events go slice by slice.
ALTER TABLE source ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;

-- A list of one kind is read source by source: one index serves every filter.
DROP INDEX event_kind;
DROP INDEX event_activity;
CREATE INDEX event_list ON event (kind, source);

-- The activity feed: what is neither a transaction nor an alert. Of what stands somewhere (a balance, a calculation) only
-- the newest word is in it: it has its subject here, and a later one takes its place.
CREATE TABLE activity (
    event INTEGER PRIMARY KEY REFERENCES event (id) ON DELETE CASCADE,
    source INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    standing TEXT
) STRICT;

CREATE UNIQUE INDEX activity_standing ON activity (source, kind, standing);

INSERT OR REPLACE INTO activity (event, source, kind, standing)
SELECT id, source, kind, CASE WHEN kind IN (3, 5, 6, 8, 9) THEN subject END
FROM event WHERE kind NOT IN (1, 2) ORDER BY id;

-- The newest of each kind, so that nobody has to look for it.
ALTER TABLE tally ADD COLUMN newest INTEGER NOT NULL DEFAULT 0;
UPDATE tally SET newest = COALESCE(
    (SELECT MAX(id) FROM event WHERE event.source = tally.source AND event.kind = tally.kind), 0);

-- Alerts are listed by severity and state, with or without a source, newest first.
DROP INDEX alert_newest;
DROP INDEX alert_open;
CREATE INDEX alert_list ON alert (severity, closed, occurred_at, id);
CREATE INDEX alert_list_of_source ON alert (source, severity, closed, occurred_at, id);

-- How many alerts there are of each sort.
CREATE TABLE alert_tally (
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    severity INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    acknowledged INTEGER NOT NULL,
    alerts INTEGER NOT NULL,
    PRIMARY KEY (source, severity, closed, acknowledged)
) STRICT, WITHOUT ROWID;

INSERT INTO alert_tally (source, severity, closed, acknowledged, alerts)
SELECT source, severity, closed, acknowledged_at IS NOT NULL, COUNT(*) FROM alert GROUP BY 1, 2, 3, 4;

CREATE TRIGGER alert_is_new AFTER INSERT ON alert BEGIN
    INSERT INTO alert_tally (source, severity, closed, acknowledged, alerts)
    VALUES (NEW.source, NEW.severity, NEW.closed, NEW.acknowledged_at IS NOT NULL, 1)
    ON CONFLICT DO UPDATE SET alerts = alerts + 1;
END;

CREATE TRIGGER alert_is_gone AFTER DELETE ON alert BEGIN
    UPDATE alert_tally SET alerts = alerts - 1
    WHERE source = OLD.source AND severity = OLD.severity AND closed = OLD.closed
        AND acknowledged = (OLD.acknowledged_at IS NOT NULL);
END;

CREATE TRIGGER alert_is_another AFTER UPDATE OF severity, closed, acknowledged_at ON alert
WHEN NEW.severity <> OLD.severity OR NEW.closed <> OLD.closed
    OR (NEW.acknowledged_at IS NULL) <> (OLD.acknowledged_at IS NULL)
BEGIN
    UPDATE alert_tally SET alerts = alerts - 1
    WHERE source = OLD.source AND severity = OLD.severity AND closed = OLD.closed
        AND acknowledged = (OLD.acknowledged_at IS NOT NULL);
    INSERT INTO alert_tally (source, severity, closed, acknowledged, alerts)
    VALUES (NEW.source, NEW.severity, NEW.closed, NEW.acknowledged_at IS NOT NULL, 1)
    ON CONFLICT DO UPDATE SET alerts = alerts + 1;
END;

-- What charts are drawn from: how many events there were in each stretch of time, by one facet at a time.
CREATE TABLE bar (
    -- What they are told apart by: 0 nothing, 1 severity, 2 scenario, 3 country, 4 channel, 5 currency, 6 customer.
    facet INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    -- When the stretch begins.
    at INTEGER NOT NULL,
    value TEXT NOT NULL,
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    events INTEGER NOT NULL,
    -- The sum of their amounts; only of what is told apart by currency.
    amount REAL NOT NULL,
    PRIMARY KEY (facet, kind, at, value, source)
) STRICT, WITHOUT ROWID;

CREATE INDEX bar_at ON bar (at);

WITH counted AS (
    SELECT event.source, event.kind, COALESCE(event.occurred_at, event.received_at) / 300000 * 300000 AS at,
           event.severity, scenario, country, channel, currency, customer, CAST(amount AS REAL) AS amount
    FROM event WHERE kind <> 2
    UNION ALL
    SELECT alert.source, 2, alert.occurred_at / 300000 * 300000, alert.severity, scenario, country, channel,
           currency, customer, CAST(amount AS REAL)
    FROM alert JOIN event ON event.id = alert.event
), faceted AS (
    SELECT 0 AS facet, kind, at, '' AS value, source, 0.0 AS amount FROM counted
    UNION ALL SELECT 1, kind, at, severity, source, 0.0 FROM counted WHERE kind = 2
    UNION ALL SELECT 2, kind, at, scenario, source, 0.0 FROM counted WHERE kind = 2 AND scenario IS NOT NULL
    UNION ALL SELECT 3, kind, at, country, source, 0.0 FROM counted WHERE kind IN (1, 2) AND country IS NOT NULL
    UNION ALL SELECT 4, kind, at, channel, source, 0.0 FROM counted WHERE kind IN (1, 2) AND channel IS NOT NULL
    UNION ALL SELECT 5, kind, at, currency, source, COALESCE(amount, 0.0) FROM counted
        WHERE kind IN (1, 2) AND currency IS NOT NULL
    UNION ALL SELECT 6, kind, at, customer, source, 0.0 FROM counted WHERE kind = 2 AND customer IS NOT NULL
)
INSERT INTO bar (facet, kind, at, value, source, events, amount)
SELECT facet, kind, at, substr(CAST(value AS TEXT), 1, 100), source, COUNT(*), SUM(amount) FROM faceted
GROUP BY 1, 2, 3, 4, 5;

-- The words of events, folded: see `search/words.rs`. Only which event has which word is kept; the text is in the event.
CREATE VIRTUAL TABLE event_words USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, prefix = '2 3 4',
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* S* Co'"
);

-- Up to which event the words are in the index; what is newer is searched by looking at it.
CREATE TABLE words_until (
    event INTEGER NOT NULL
) STRICT;

INSERT INTO words_until (event) VALUES (0);
