-- Whether the analyst has paused the source: nothing is connected, and the credential stays where it is.
ALTER TABLE source ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
