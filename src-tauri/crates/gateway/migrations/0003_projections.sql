-- How far each contract that makes messages of its own has come, and what it went by beside the changes.
CREATE TABLE projections (
    contract TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    basis    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What a contract made of a change: its messages as a JSON array.
CREATE TABLE messages (
    contract TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (contract, sequence)
) STRICT, WITHOUT ROWID;

-- The state that follows from the changes: things of several kinds, each as JSON, with whose it is and which change
-- touched it last.
CREATE TABLE things (
    contract TEXT NOT NULL,
    kind     TEXT NOT NULL,
    id       TEXT NOT NULL,
    owner    TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (contract, kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX things_of_owner ON things (contract, kind, owner, sequence);
