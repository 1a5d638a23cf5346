-- How a gap was closed: what filled it (lists, replay, last_event_id), that nothing was missing after all (complete), or
-- why it stays (snapshot, not_replayable, list_full, begun_anew). Until now the last stood in the place of the reason.
ALTER TABLE gap ADD COLUMN how TEXT;
UPDATE gap SET how = reason, reason = 'disconnected' WHERE end IS NOT NULL AND closed_at IS NULL;
