-- The index of words also has marks of how much, when and how bad: see `marks.rs`. It is made anew, beside all else.
INSERT INTO event_words (event_words) VALUES ('delete-all');
UPDATE words_until SET event = 0;
