//! An empty window of the same Tauri, the same engine and the same size as Vigie's: what the benchmark measures start
//! and memory by. As Vigie's, it is shown once its page is there. It is not shipped.

use tauri::http::Response;
use tauri::webview::PageLoadEvent;
use tauri::{WebviewUrl, WebviewWindowBuilder};

/// A page with nothing but a colour that no bare screen has.
const PAGE: &str = r#"<!doctype html><html><body style="background: #2f6f4f"></body></html>"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = url::Url::parse("empty://localhost/")?;
    tauri::Builder::default()
        .register_uri_scheme_protocol("empty", |_context, _request| {
            let page = Response::builder().header("content-type", "text/html");
            page.body(PAGE.as_bytes().to_vec()).unwrap_or_default()
        })
        .setup(move |app| {
            WebviewWindowBuilder::new(app, "empty", WebviewUrl::CustomProtocol(url.clone()))
                .title("Empty")
                .inner_size(1_280.0, 800.0)
                .center()
                .visible(false)
                .on_page_load(|window, page| {
                    if page.event() == PageLoadEvent::Finished {
                        // The benchmark notices when it does not appear.
                        let _hidden = window.show();
                    }
                })
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!())?;
    Ok(())
}
