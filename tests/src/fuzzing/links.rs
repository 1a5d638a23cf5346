//! Links to alerts: whoever writes one, it names an alert or is refused.

use vigie_core::desk::alert_link::AlertLink;

/// Text that is opened as a link.
pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(link) = AlertLink::read(&text) else { return };
    let AlertLink { subject, at } = &link;
    assert!(
        !subject.is_empty() && subject.len() <= 512 && !subject.chars().any(char::is_control),
        "{link:?}"
    );
    if let Some(at) = at {
        assert!(
            matches!(at.scheme(), "http" | "https") && at.username().is_empty() && at.password().is_none()
        );
    }
    // An address has no segment of only dots, so none is read.
    assert_eq!(AlertLink::read(&link.to_string()), Ok(link));
}

/// What links look like, and what they must not.
pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "vigie://alert/a-17",
        "vigie://alert/a%2017%2F%C3%A9?at=https%3A%2F%2Fbank.example%2Ffraud%2F",
        "vigie://alert/%2e%2e/x?at=http://localhost:8080/",
        "vigie://ada:pw@alert:80/a#b",
        "vigie://alert/%00%ff%4",
        "/home/ada/my.vigie-profile",
    ];
    texts.map(|text| text.as_bytes().to_vec()).into()
}
