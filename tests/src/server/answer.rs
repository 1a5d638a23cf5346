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
}
