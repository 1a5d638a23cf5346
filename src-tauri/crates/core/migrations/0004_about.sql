-- The alerts that tell of a transaction: it may not go while one of them is open. Without this each slice of what is let go
-- would look at every open alert.
CREATE INDEX event_about ON event (source, txn) WHERE kind = 2 AND txn IS NOT NULL;
