-- The words that the index has, so that those with a long beginning can be asked for one by one: see `search.rs`.
CREATE VIRTUAL TABLE event_terms USING fts5vocab (event_words, row);
