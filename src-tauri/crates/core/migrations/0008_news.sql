-- The event up to which rules have been asked about what is no alert: one row, or none while no rule is about it.
CREATE TABLE news (
    event INTEGER NOT NULL
) STRICT;
