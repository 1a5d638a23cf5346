//! The HTTP client does as a server says only as far as that is safe.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

#[path = "wire/mod.rs"]
mod wire;

use std::time::Duration;

use secrecy::ExposeSecret as _;
use vigie_core::transport::TransportError;
use vigie_core::transport::http::{Answer, Credential, Method, Request, Validators};
use wire::{SECRET, Server, answer, credential, gzip, http, told};

/// What comes of a request that is answered with these bytes, connection after connection; and the requests' heads.
async fn exchange(
    server: &Server,
    request: Request,
    answers: &[Vec<u8>],
) -> (Result<Answer, TransportError>, Vec<String>) {
    let http = http();
    // A client that refuses to go on leaves answers behind.
    let mut heads = Vec::new();
    let answering = async {
        for bytes in answers {
            heads.extend(server.answer([bytes.clone()]).await);
        }
        std::future::pending().await
    };
    let outcome = tokio::select! {
        outcome = http.send(request) => outcome,
        () = answering => unreachable!(),
    };
    (outcome, heads)
}

/// The same for a GET with a credential, as one line.
async fn told_by(server: &Server, answers: &[Vec<u8>]) -> String {
    match exchange(server, Request::get(server.url("/list"), credential()), answers).await {
        (Ok(answer), _) => {
            assert!(!format!("{answer:?}").contains(SECRET));
            format!("body {}", String::from_utf8(answer.body).unwrap())
        }
        (Err(error), _) => told(&error),
    }
}

#[tokio::test]
async fn every_answer_is_told_for_what_it_is() {
    let server = Server::start().await;
    let cases = [
        (answer("200 OK", "", "[]"), "body []"),
        (answer("200 OK", "Content-Length: 2\r\n", "[]more"), "body []"),
        (answer("201 Created", "", "{}"), "body {}"),
        (answer("204 No Content", "", ""), "body "),
        (answer("300 Multiple Choices", "Location: /a\r\n", ""), "status 300"),
        (answer("304 Not Modified", "", ""), "status 304"),
        (answer("400 Bad Request", "", "s3cr3t"), "status 400"),
        (answer("401 Unauthorized", "WWW-Authenticate: s3cr3t\r\n", ""), "status 401"),
        (answer("403 Forbidden", "", ""), "status 403"),
        (answer("404 s3cr3t", "", ""), "status 404"),
        (answer("429 Too Many Requests", "", ""), "status 429"),
        (answer("429 Too Many Requests", "Retry-After: 7\r\n", ""), "status 429, wait 7 s"),
        (answer("429 Too Many Requests", "Retry-After: 86400\r\n", ""), "status 429, wait 900 s"),
        (answer("429 Too Many Requests", "Retry-After: -1\r\n", ""), "status 429"),
        (
            answer("503 Service Unavailable", "Retry-After: Thu, 01 Jan 2026 00:00:00 GMT\r\n", ""),
            "status 503",
        ),
        (answer("500 Internal Server Error", "", ""), "status 500"),
        (
            answer("200 OK", "Content-Encoding: br\r\n", "x"),
            "the server did not speak as expected: it packed the answer in a way that was not asked for",
        ),
        (answer("200 OK", "Content-Encoding: identity\r\n", "x"), "body x"),
        (answer("200 OK", "Content-Length: 9\r\n", "cut off"), "the server closed the connection"),
        (
            answer("200 OK", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n"),
            "the server closed the connection",
        ),
        (Vec::new(), "the server closed the connection"),
        (b"HTTP/1.1 200 OK\r\nConten".to_vec(), "the server closed the connection"),
    ];
    for (bytes, expected) in cases {
        let case = String::from_utf8_lossy(&bytes).into_owned();
        assert_eq!(told_by(&server, &[bytes]).await, expected, "{case:?}");
    }
}

#[tokio::test]
async fn what_is_not_http_is_told_as_such() {
    let server = Server::start().await;
    for bytes in [
        b"SSH-2.0-s3cr3t\r\n\r\n".to_vec(),
        b"HTTP/1.1 two hundred\r\n\r\n".to_vec(),
        answer("200 OK", "no colon\r\n", ""),
        answer("200 OK", "Content-Length: s3cr3t\r\n", ""),
        answer("200 OK", "Transfer-Encoding: chunked\r\n", "s3cr3t\r\n"),
    ] {
        let case = String::from_utf8_lossy(&bytes).into_owned();
        let told = told_by(&server, &[bytes]).await;
        assert!(told.starts_with("the server did not speak as expected: "), "{case:?}: {told}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_cannot_be_reached() {
    // Nobody else is given its port while it is held.
    let nobody = tokio::net::TcpSocket::new_v4().unwrap();
    nobody.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let url = format!("http://{}/list", nobody.local_addr().unwrap()).parse().unwrap();
    let error = http().send(Request::get(url, credential())).await.unwrap_err();
    assert!(matches!(error, TransportError::Unreachable(_)), "{error:?}");
    told(&error);
}

#[tokio::test]
async fn a_request_says_what_it_wants_and_who_asks() {
    let server = Server::start().await;
    let ok = answer("200 OK", "", "");
    let get = Request::get(server.url("/list?a=b"), credential());
    assert!(!format!("{get:?}").contains(SECRET), "{get:?}");
    let (_, heads) = exchange(&server, get, std::slice::from_ref(&ok)).await;
    assert!(heads[0].starts_with("GET /list?a=b&key=q-s3cr3t HTTP/1.1\r\n"), "{}", heads[0]);
    for line in [
        "authorization: Bearer token-s3cr3t",
        "cookie: session=c-s3cr3t",
        "accept: application/json",
        "accept-encoding: gzip",
        "cache-control: no-store",
    ] {
        assert_eq!(heads[0].lines().filter(|sent| *sent == line).count(), 1, "{line} in {}", heads[0]);
    }

    let post = Request::sign_in(server.url("/login"), br#"{"password":"s3cr3t"}"#.to_vec());
    assert!(!format!("{post:?}").contains(SECRET), "{post:?}");
    let http = http();
    let (answer, asked) = tokio::join!(http.send(post), async {
        let mut peer = server.accept().await;
        peer.send(&ok).await;
        peer.leave()
    });
    assert!(answer.is_ok());
    assert!(asked.head.starts_with("POST /login HTTP/1.1\r\n"), "{}", asked.head);
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(asked.header("authorization"), None);
    assert_eq!(asked.body, br#"{"password":"s3cr3t"}"#);
}

#[tokio::test]
async fn a_redirect_within_the_origin_is_followed_with_the_credential() {
    let server = Server::start().await;
    let absolute = server.url("/moved").to_string();
    let with_user = absolute.replace("://", "://somebody:else@");
    let upper = absolute.replace("http", "HTTP");
    let cases = [
        ("301 Moved Permanently", "/moved", "/moved?key=q-s3cr3t"),
        ("302 Found", "/moved", "/moved?key=q-s3cr3t"),
        ("303 See Other", "moved", "/api/moved?key=q-s3cr3t"),
        ("307 Temporary Redirect", "../moved?a=%20b#c", "/moved?a=%20b&key=q-s3cr3t"),
        ("308 Permanent Redirect", &absolute, "/moved?key=q-s3cr3t"),
        ("302 Found", &with_user, "/moved?key=q-s3cr3t"),
        ("302 Found", &upper, "/moved?key=q-s3cr3t"),
        ("302 Found", "/api/list/?since=1&key=q-s3cr3t", "/api/list/?since=1&key=q-s3cr3t"),
        ("302 Found", "", "/api/list?since=1&key=q-s3cr3t"),
    ];
    for (status, location, expected) in cases {
        let redirect = answer(status, &format!("Location: {location}\r\n"), "not this");
        let request = Request::get(server.url("/api/list?since=1"), credential());
        let (outcome, heads) = exchange(&server, request, &[redirect, answer("200 OK", "", "this")]).await;
        assert_eq!(outcome.unwrap().body, b"this", "{status} {location}");
        assert!(heads[1].starts_with(&format!("GET {expected} HTTP/1.1\r\n")), "{}", heads[1]);
        let proofs = heads[1].lines().filter(|line| line.starts_with("authorization: "));
        assert_eq!(proofs.collect::<Vec<_>>(), ["authorization: Bearer token-s3cr3t"], "{location}");
    }
}

#[tokio::test]
async fn a_redirect_does_not_say_who_we_are() {
    let server = Server::start().await;
    let location = server.url("/moved").to_string().replace("://", "://somebody:else@");
    let redirect = answer("302 Found", &format!("Location: {location}\r\n"), "");
    let request = Request::get(server.url("/list"), Credential::none());
    let (outcome, heads) = exchange(&server, request, &[redirect, answer("200 OK", "", "")]).await;
    assert!(outcome.is_ok());
    assert!(!heads[1].contains("authorization"), "{}", heads[1]);
}

#[tokio::test]
async fn a_redirect_to_anywhere_else_is_refused_and_nothing_goes_there() {
    let (server, other) = (Server::start().await, Server::start().await);
    let (port, elsewhere) = (server.port, other.port);
    let no_other = "and what is meant for one server goes to no other";
    let no_web = "something that is no web address";
    let cases = [
        (format!("http://127.0.0.1:{elsewhere}/?key=s3cr3t"), format!("http://127.0.0.1:{elsewhere}")),
        (format!("//127.0.0.1:{elsewhere}/s3cr3t"), format!("http://127.0.0.1:{elsewhere}")),
        (format!("http://s3cr3t@localhost:{elsewhere}/"), format!("http://localhost:{elsewhere}")),
        (format!("http://localhost:{port}/list"), format!("http://localhost:{port}")),
        (format!("http://127.0.0.2:{port}/list"), format!("http://127.0.0.2:{port}")),
        (format!("https://127.0.0.1:{port}/list"), format!("https://127.0.0.1:{port}")),
        ("https://127.0.0.1/list".to_owned(), "https://127.0.0.1".to_owned()),
        ("file:///s3cr3t".to_owned(), no_web.to_owned()),
        (format!("blob:http://127.0.0.1:{port}/s3cr3t"), no_web.to_owned()),
        ("s3cr3t:/s3cr3t".to_owned(), no_web.to_owned()),
    ];
    for (location, host) in cases {
        let redirect = answer("302 Found", &format!("Location: {location}\r\n"), "");
        let expected = format!("the server did not speak as expected: it redirects to {host}, {no_other}");
        assert_eq!(told_by(&server, &[redirect]).await, expected, "{location}");
        assert!(!other.is_visited().await, "{location}");
        assert!(!server.is_visited().await, "{location}");
    }
    let long = "a".repeat(100_000);
    let redirect = answer("302 Found", &format!("Location: http://{long}/\r\n"), "");
    assert!(told_by(&server, &[redirect]).await.len() < 500);
}

#[tokio::test]
async fn a_redirect_that_leads_nowhere_ends_in_words() {
    let server = Server::start().await;
    let onwards = answer("302 Found", "Location: /list\r\n", "");
    let loops = "the server did not speak as expected: it redirects more than 5 times";
    assert_eq!(told_by(&server, &vec![onwards.clone(); 10]).await, loops);
    let mut five = vec![onwards; 5];
    five.push(answer("200 OK", "", "there"));
    assert_eq!(told_by(&server, &five).await, "body there");

    assert_eq!(told_by(&server, &[answer("302 Found", "", "")]).await, "status 302");
    let unreadable = "the server did not speak as expected: it redirects to an address that cannot be read";
    for location in ["http://[s3cr3t", "http://:99999999/s3cr3t"] {
        let redirect = answer("302 Found", &format!("Location: {location}\r\n"), "");
        assert_eq!(told_by(&server, &[redirect]).await, unreadable, "{location}");
    }
    let mut redirect = answer("302 Found", "Location: /?\r\n", "");
    let at = redirect.iter().position(|byte| *byte == b'?').unwrap();
    redirect[at] = 0xFF;
    assert_eq!(told_by(&server, &[redirect]).await, unreadable);
}

#[tokio::test]
async fn a_password_is_never_posted_a_second_time() {
    let server = Server::start().await;
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let post = Request::sign_in(server.url("/login"), b"s3cr3t".to_vec());
        let redirect = answer(status, "Location: /login/?s3cr3t\r\n", "");
        let (outcome, _) = exchange(&server, post, &[redirect]).await;
        let expected = format!(
            "the server did not speak as expected: it redirects a POST to http://127.0.0.1:{}, and only a GET is \
             asked again",
            server.port
        );
        assert_eq!(told(&outcome.unwrap_err()), expected, "{status}");
        assert!(!server.is_visited().await, "{status}");
    }
}

#[tokio::test]
async fn what_we_have_already_is_not_sent_again() {
    let server = Server::start().await;
    let get = |conditional| Request { conditional, ..Request::get(server.url("/list"), credential()) };
    let date = "Thu, 01 Jan 2026 00:00:00 GMT";
    let headers = format!("ETag: W/\"1\"\r\nLast-Modified: {date}\r\nRetry-After: 30\r\n");
    let (first, heads) = exchange(&server, get(None), &[answer("200 OK", &headers, "[1]")]).await;
    let first = first.unwrap();
    let validators = Validators { etag: Some("W/\"1\"".to_owned()), last_modified: Some(date.to_owned()) };
    assert_eq!((first.not_modified, &first.validators), (false, &validators));
    assert_eq!(first.retry_after, Some(Duration::from_secs(30)));
    assert!(!heads[0].contains("if-"), "{}", heads[0]);

    let unchanged = answer("304 Not Modified", "", "");
    let (second, heads) = exchange(&server, get(Some(validators.clone())), &[unchanged]).await;
    let second = second.unwrap();
    assert_eq!((second.not_modified, second.body.as_slice()), (true, &[][..]));
    assert!(heads[0].contains("if-none-match: W/\"1\"\r\n"), "{}", heads[0]);
    assert!(heads[0].contains(&format!("if-modified-since: {date}\r\n")), "{}", heads[0]);

    let changed = answer("200 OK", "ETag: \"2\"\r\n", "[2]");
    let (third, _) = exchange(&server, get(Some(validators)), &[changed]).await;
    let third = third.unwrap();
    assert_eq!((third.not_modified, third.body.as_slice()), (false, &b"[2]"[..]));
    assert_eq!(third.validators, Validators { etag: Some("\"2\"".to_owned()), last_modified: None });
}

#[tokio::test]
async fn the_cookies_of_an_answer_are_told_and_not_printed() {
    let server = Server::start().await;
    let headers = "Set-Cookie: session=s3cr3t; Path=/; HttpOnly; Max-Age=60\r\nSet-Cookie: no cookie\r\n\
                   Set-Cookie: csrf=s3cr3t\r\n";
    let login = Request::sign_in(server.url("/login"), Vec::new());
    let (outcome, _) = exchange(&server, login, &[answer("200 OK", headers, "s3cr3t")]).await;
    let answer = outcome.unwrap();
    let cookies = answer.cookies.iter();
    let cookies: Vec<_> =
        cookies.map(|one| (one.name.as_str(), one.value.expose_secret(), one.max_age)).collect();
    let minute = Some(Duration::from_secs(60));
    assert_eq!(cookies, [("session", SECRET, minute), ("csrf", SECRET, None)]);
    assert!(!format!("{answer:?}").contains(SECRET), "{answer:?}");
}

#[tokio::test]
async fn an_answer_is_read_up_to_its_limit_counted_unpacked() {
    let server = Server::start().await;
    let chunked = |body: &[u8]| {
        let mut bytes = format!("{:x}\r\n", body.len()).into_bytes();
        bytes.extend_from_slice(body);
        bytes.extend_from_slice(b"\r\n0\r\n\r\n");
        bytes
    };
    let gzipped = "Content-Encoding: gzip\r\n";
    let bomb = gzip(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 100 << 10);
    let cases = [
        (answer("200 OK", "", [b'x'; 1_000]), Ok(1_000)),
        (answer("200 OK", "", [b'x'; 1_001]), Err(())),
        (answer("200 OK", "Content-Length: 1001\r\n", [b'x'; 1_001]), Err(())),
        (answer("200 OK", "Content-Length: 99999999999999\r\n", [b'x'; 1_001]), Err(())),
        (answer("200 OK", "Transfer-Encoding: chunked\r\n", chunked(&[b'x'; 1_000])), Ok(1_000)),
        (answer("200 OK", "Transfer-Encoding: chunked\r\n", chunked(&[b'x'; 1_001])), Err(())),
        (answer("200 OK", gzipped, gzip(&[b'x'; 1_000])), Ok(1_000)),
        (answer("200 OK", gzipped, gzip(&[b'x'; 1_001])), Err(())),
        (answer("200 OK", gzipped, &bomb), Err(())),
    ];
    for (number, (bytes, expected)) in cases.into_iter().enumerate() {
        let request = Request { limit: 1_000, ..Request::get(server.url("/list"), credential()) };
        let outcome = match exchange(&server, request, &[bytes]).await.0 {
            Ok(answer) => Ok(answer.body.len()),
            Err(TransportError::TooLarge(1_000)) => Err(()),
            Err(other) => panic!("case {number}: {other:?}"),
        };
        assert_eq!(outcome, expected, "case {number}");
    }
}

#[tokio::test]
async fn packed_bytes_that_make_no_sense_are_told() {
    let server = Server::start().await;
    let mut bytes = gzip(b"[]");
    bytes.truncate(5);
    let cut = answer("200 OK", "Content-Encoding: gzip\r\n", &bytes);
    assert_eq!(told_by(&server, &[cut]).await, "the server closed the connection");
    let nonsense = answer("200 OK", "Content-Encoding: gzip\r\n", "s3cr3t s3cr3t s3cr3t");
    let told = told_by(&server, &[nonsense]).await;
    assert!(told.starts_with("the server did not speak as expected: "), "{told}");
}

#[tokio::test]
async fn an_endless_head_ends_in_words() {
    let server = Server::start().await;
    let http = http();
    let (outcome, ()) = tokio::join!(http.send(Request::get(server.url("/list"), credential())), async {
        let mut peer = server.accept().await;
        peer.send("HTTP/1.1 200 OK\r\nX: ").await;
        // Ends when the client has gone.
        while peer.offer(&[b'x'; 10_000]).await.is_ok() {}
    });
    let error = outcome.map(|_| ()).unwrap_err();
    assert!(matches!(error, TransportError::Protocol(_)), "{error:?}");
}

/// What comes of a request to a server that sends a byte a second, and after how long.
async fn dribbled(head: &'static str) -> (TransportError, Duration) {
    let server = Server::start().await;
    let http = http();
    let began = tokio::time::Instant::now();
    let dribbling = async {
        let mut peer = server.accept().await;
        // From here on, time passes by itself whenever there is nothing else to do.
        tokio::time::pause();
        peer.send(head).await;
        while peer.offer(b"1").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        std::future::pending().await
    };
    let outcome = tokio::select! {
        outcome = http.send(Request::get(server.url("/list"), credential())) => outcome,
        () = dribbling => unreachable!(),
    };
    (outcome.map(|_| ()).unwrap_err(), began.elapsed())
}

#[tokio::test]
async fn a_server_that_is_slow_without_end_is_given_up() {
    let limit = Duration::from_secs(60);
    for head in ["HTTP/1.1 200 ", "HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\n\r\n"] {
        let (error, after) = dribbled(head).await;
        tokio::time::resume();
        assert!(matches!(error, TransportError::Silent(told) if told == limit), "{head:?}: {error:?}");
        assert_eq!(after.as_secs(), limit.as_secs(), "{head:?}");
    }
}

#[tokio::test]
async fn redirects_do_not_make_the_time_longer() {
    let server = Server::start().await;
    let http = http();
    let began = tokio::time::Instant::now();
    let redirecting = async {
        loop {
            let mut peer = server.accept().await;
            tokio::time::pause();
            tokio::time::sleep(Duration::from_secs(25)).await;
            tokio::time::resume();
            peer.send(answer("302 Found", "Location: /\r\n", "")).await;
        }
    };
    let outcome: Result<Answer, _> = tokio::select! {
        outcome = http.send(Request::get(server.url("/list"), credential())) => outcome,
        () = redirecting => unreachable!(),
    };
    assert!(matches!(outcome, Err(TransportError::Silent(_))));
    assert_eq!(began.elapsed().as_secs(), 60);
}

#[tokio::test]
async fn an_address_with_a_parameter_that_is_a_secret_is_in_no_error() {
    let server = Server::start().await;
    let request = || Request {
        method: Method::PUT,
        body: Some(("text/plain", SECRET.into())),
        ..Request::get(server.url("/s?token=s3cr3t"), credential())
    };
    assert!(!format!("{:?}", request()).contains(SECRET));
    let (outcome, _) = exchange(&server, request(), &[Vec::new()]).await;
    told(&outcome.map(|_| ()).unwrap_err());
    // One that cannot even be sent.
    let url = server.url(&format!("/{}?token=s3cr3t", "s".repeat(100_000)));
    let error = http().send(Request { url, ..request() }).await.unwrap_err();
    assert!(matches!(error, TransportError::Protocol(_)), "{error:.200?}");
    assert!(told(&error).len() < 500);
}
