//! Answers.

/// An HTTP answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Further header lines, each with its `\r\n`.
    pub headers: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// 200 with JSON.
    pub fn json(body: &str) -> Self {
        Self { status: 200, headers: "content-type: application/json\r\n".to_owned(), body: body.into() }
    }

    /// A status and nothing else.
    pub fn status(status: u16) -> Self {
        Self { status, headers: String::new(), body: Vec::new() }
    }

    /// The same, with the position that was asked from in the place of `{since}`: a list in which nothing is new.
    pub(super) fn since(mut self, since: &str) -> Self {
        const PLACE: &str = "{since}";
        if let Some(at) = self.body.windows(PLACE.len()).position(|part| part == PLACE.as_bytes()) {
            self.body.splice(at..at + PLACE.len(), since.bytes());
        }
        self
    }
}
