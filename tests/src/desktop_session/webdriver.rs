//! The hand that uses the window: a WebDriver client, as little as the tests need of it.

use std::path::Path;

use serde_json::{Value, json};

use super::until;
use crate::desk::IN_VAIN;

/// The key under which a WebDriver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A session with a window.
pub struct WebDriver {
    client: reqwest::Client,
    session: String,
}

impl WebDriver {
    /// Waits for the driver on this port, and lets it start the application.
    pub(super) async fn start(port: u16, application: &Path, arguments: &[String]) -> Self {
        // The client wants one even where nothing is encrypted; another test may have set it.
        let _already_set = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().timeout(IN_VAIN).build().unwrap();
        let driver = format!("http://127.0.0.1:{port}");
        let look =
            async || client.get(format!("{driver}/status")).send().await.ok()?.json::<Value>().await.ok();
        until(look).await.expect("the WebDriver does not answer");
        let options = json!({ "application": application, "args": arguments });
        let request = json!({ "capabilities": { "alwaysMatch": { "tauri:options": options } } });
        let answer = send(client.post(format!("{driver}/session")).json(&request)).await;
        let started = answer.expect("the application cannot be started");
        let session = format!("{driver}/session/{}", started["sessionId"].as_str().unwrap());
        Self { client, session }
    }

    /// Runs a script, a function's body, in the page.
    pub async fn script(&self, body: &str) -> Value {
        self.try_script(body).await.unwrap_or_else(|error| panic!("{error} in {body}"))
    }

    async fn try_script(&self, body: &str) -> Result<Value, String> {
        self.post("execute/sync", &json!({ "script": body, "args": [] })).await
    }

    /// Runs a script in the page that calls its last argument with what it gives, once it has it.
    pub async fn script_later(&self, body: &str, arguments: &Value) -> Value {
        let request = json!({ "script": body, "args": arguments });
        self.post("execute/async", &request).await.unwrap_or_else(|error| panic!("{error} in {body}"))
    }

    /// Asks the application what its page may ask it.
    pub async fn invoke(&self, command: &str, arguments: &Value) -> Value {
        let script = "const [command, given, done] = arguments;
            window.__TAURI_INTERNALS__.invoke(command, given)
                .then((answer) => done({ answer }), (failure) => done({ failure }));";
        let request = json!({ "script": script, "args": [command, arguments] });
        let outcome = self.post("execute/async", &request).await.unwrap();
        outcome.get("answer").unwrap_or_else(|| panic!("{command}: {outcome}")).clone()
    }

    /// Waits until the page, which must be on the screen, has painted what it shows.
    pub(super) async fn painted(&self) {
        let script = "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))";
        self.post("execute/async", &json!({ "script": script, "args": [] })).await.unwrap();
    }

    /// Waits until a script gives something that is true, and gives that.
    pub async fn until(&self, what: &str, body: &str) -> Value {
        // A page that is still loading cannot run anything; it is asked again.
        let look = async || self.try_script(body).await.ok().filter(is_true);
        match until(look).await {
            Some(found) => found,
            None => panic!("waited in vain until {what}: {body}\n{}", self.html().await),
        }
    }

    /// Clicks what the selector names, once it is there.
    pub async fn click(&self, selector: &str) {
        self.act(selector, "click", &json!({})).await;
    }

    /// Empties an input and types into it.
    pub async fn fill(&self, selector: &str, text: &str) {
        self.act(selector, "clear", &json!({})).await;
        self.act(selector, "value", &json!({ "text": text })).await;
    }

    /// The text of what the selector names, once it is there.
    pub async fn text(&self, selector: &str) -> String {
        let script = format!("return document.querySelector({})?.innerText", json!(selector));
        self.until(&format!("{selector} has a text"), &script).await.as_str().unwrap().to_owned()
    }

    /// The whole page as it is now.
    pub async fn html(&self) -> String {
        let html = self.try_script("return document.documentElement.outerHTML").await;
        html.map(|html| html.as_str().unwrap_or_default().to_owned()).unwrap_or_else(|error| error)
    }

    /// Finds an element and does something with it; the page may be drawing it anew, so it is tried again.
    async fn act(&self, selector: &str, action: &str, request: &Value) {
        let mut last = Err(String::new());
        until(async || {
            last = self.try_act(selector, action, request).await;
            last.is_ok().then_some(())
        })
        .await;
        if let Err(error) = last {
            panic!("{action} of {selector} did not work: {error}\n{}", self.html().await);
        }
    }

    async fn try_act(&self, selector: &str, action: &str, request: &Value) -> Result<(), String> {
        let query = json!({ "using": "css selector", "value": selector });
        let found = self.post("element", &query).await?;
        let element = found[ELEMENT].as_str().unwrap_or_default();
        self.post(&format!("element/{element}/{action}"), request).await.map(drop)
    }

    pub(super) async fn post(&self, path: &str, request: &Value) -> Result<Value, String> {
        send(self.client.post(format!("{}/{path}", self.session)).json(request)).await
    }
}

/// The answer's value; an error in words.
async fn send(request: reqwest::RequestBuilder) -> Result<Value, String> {
    let answer = request.send().await.map_err(|error| error.to_string())?;
    let is_success = answer.status().is_success();
    let mut answer: Value = answer.json().await.map_err(|error| error.to_string())?;
    let value = answer["value"].take();
    if is_success { Ok(value) } else { Err(value.to_string()) }
}

/// Whether a script takes the value for true.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}
