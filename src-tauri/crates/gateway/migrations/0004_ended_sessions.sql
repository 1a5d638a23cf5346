-- Sessions that were ended by their user before their time.
CREATE TABLE ended_sessions (
    id      INTEGER PRIMARY KEY,
    -- In seconds since 1970: from then on it is worth nothing anyway.
    expires INTEGER NOT NULL
) STRICT;
