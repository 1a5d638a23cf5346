//! The keyboard: keys pressed as a hand does, where the focus is.

use serde_json::{Value, json};

use super::{App, WebDriver};

/// The most keys from one thing to another.
const TABS: usize = 80;

impl WebDriver {
    /// Presses keys one after the other, as the table of commands names them: `j`, `Enter`, `Mod+k`, `Shift+Tab`.
    pub async fn keys(&self, keys: &str) {
        let strokes: Vec<Value> = keys.split_whitespace().flat_map(stroke).collect();
        self.hit(strokes).await.unwrap();
    }

    /// Types a text.
    pub async fn write(&self, text: &str) {
        self.hit(text.chars().flat_map(|key| pressed(&key.to_string())).collect()).await.unwrap();
    }

    async fn hit(&self, strokes: Vec<Value>) -> Result<Value, String> {
        let keyboard = json!([{ "type": "key", "id": "keyboard", "actions": strokes }]);
        self.post("actions", &json!({ "actions": keyboard })).await
    }
}

impl App {
    /// Presses a key that ends the application, and waits until it has.
    pub async fn end_by_key(self, key: &str) {
        // There may be nobody left to answer.
        let _ended = self.hit(stroke(key)).await;
        self.until_ended().await;
    }

    /// The hook of what has the focus.
    pub async fn focused(&self) -> String {
        let script = "return document.activeElement?.closest('[data-testid]')?.dataset.testid ?? ''";
        self.script(script).await.as_str().unwrap().to_owned()
    }

    /// Goes by Tab to the list.
    pub async fn tab_to_list(&self) {
        let is_list = "return document.activeElement?.getAttribute('role') === 'listbox'";
        for _ in 0..TABS {
            if self.script(is_list).await == true {
                return;
            }
            self.keys("Tab").await;
        }
        panic!("Tab does not lead to a list");
    }

    /// Goes by Tab to what has this hook.
    pub async fn tab_to(&self, hook: &str) {
        self.step_to(hook, "Tab").await;
    }

    /// Goes there by this key.
    pub async fn step_to(&self, hook: &str, key: &str) {
        let mut seen = Vec::new();
        for _ in 0..TABS {
            let focused = self.focused().await;
            if focused == hook {
                return;
            }
            seen.push(focused);
            self.keys(key).await;
        }
        panic!("{key} does not lead to {hook}; it leads to {seen:?}");
    }

    /// Goes to a field by Tab and puts this in the place of what is in it.
    pub async fn write_into(&self, hook: &str, text: &str) {
        self.tab_to(hook).await;
        self.keys("Mod+a").await;
        self.write(text).await;
    }
}

/// The strokes of a key and of what is held meanwhile.
fn stroke(named: &str) -> Vec<Value> {
    let mut parts: Vec<&str> = named.split('+').collect();
    let key = parts.pop().unwrap_or_default();
    let held: Vec<&str> = parts.into_iter().map(code).collect();
    let down = held.iter().map(|one| json!({ "type": "keyDown", "value": one }));
    let up = held.iter().rev().map(|one| json!({ "type": "keyUp", "value": one }));
    down.chain(pressed(code(key))).chain(up).collect()
}

fn pressed(key: &str) -> [Value; 2] {
    [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })]
}

/// The number that WebDriver has for a key without a sign.
fn code(name: &str) -> &str {
    match name {
        "Mod" => "\u{E009}",
        "Shift" => "\u{E008}",
        "Tab" => "\u{E004}",
        "Enter" => "\u{E007}",
        "Escape" => "\u{E00C}",
        "Space" => " ",
        "ArrowLeft" => "\u{E012}",
        "ArrowRight" => "\u{E014}",
        "ArrowUp" => "\u{E013}",
        "ArrowDown" => "\u{E015}",
        "Home" => "\u{E011}",
        "End" => "\u{E010}",
        sign => sign,
    }
}
