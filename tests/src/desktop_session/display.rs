//! A display of a test's own, which nobody sees, and the windows on it.

use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt as _, EventMask, ImageFormat, MapState,
    Window,
};
use x11rb::rust_connection::RustConnection;

use super::{Place, until};

/// Larger than the application's window.
const SCREEN: &str = "1360x880x24";
/// The longest property that is read, in units of four bytes.
const PROPERTY_LIMIT: u32 = 64;

/// A display.
pub struct Display {
    _server: Child,
    name: String,
    connection: RustConnection,
    root: Window,
}

impl Display {
    /// Starts a display under a number that is free.
    pub(super) async fn start(place: &Place) -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"])
            .current_dir(place.folder())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("Xvfb cannot be started: install the package xvfb");
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let name = format!(":{}", lines.next_line().await.unwrap().expect("the display ended"));
        let (connection, screen) = x11rb::connect(Some(&name)).unwrap();
        let root = connection.setup().roots[screen].root;
        Self { _server: server, name, connection, root }
    }

    /// Its name, like `:7`.
    pub fn name(&self) -> String {
        self.name.clone()
    }

    /// Waits until the window with this title is on the screen, or is not.
    pub async fn until_shown(&self, title: &str, shown: bool) {
        let look = async || (self.is_shown(title) == shown).then_some(());
        assert!(until(look).await.is_some(), "waited in vain until {title:?} is on the screen: {shown}");
    }

    /// Asks the window with this title to close, as the cross in its frame does.
    pub fn close(&self, title: &str) {
        let window = self.window(title).expect("there is no such window");
        let (protocols, delete) = (self.atom("WM_PROTOCOLS"), self.atom("WM_DELETE_WINDOW"));
        let message = ClientMessageEvent::new(32, window, protocols, [delete, 0, 0, 0, 0]);
        self.connection.send_event(false, window, EventMask::NO_EVENT, message).unwrap().check().unwrap();
    }

    /// Where on the screen the window with this title begins.
    pub fn place_of(&self, title: &str) -> (i16, i16) {
        let window = self.window(title).expect("there is no such window");
        let place = self.connection.translate_coordinates(window, self.root, 0, 0).unwrap().reply().unwrap();
        (place.dst_x, place.dst_y)
    }

    /// Waits until the window with this title begins there.
    pub async fn until_at(&self, title: &str, place: (i16, i16)) {
        let look = async || (self.is_shown(title) && self.place_of(title) == place).then_some(());
        let found = until(look).await;
        assert!(
            found.is_some(),
            "waited in vain until {title:?} is at {place:?}; it is at {:?}",
            self.place_of(title)
        );
    }

    /// Moves the window with this title, as a hand does.
    pub fn move_to(&self, title: &str, (x, y): (i32, i32)) {
        let window = self.window(title).expect("there is no such window");
        let to = ConfigureWindowAux::new().x(x).y(y);
        self.connection.configure_window(window, &to).unwrap().check().unwrap();
    }

    /// The pixels of a part of the screen, as they are now.
    pub fn pixels(&self, (x, y): (i16, i16), (width, height): (u16, u16)) -> Vec<u8> {
        let asked =
            self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width, height, u32::MAX);
        asked.unwrap().reply().unwrap().data
    }

    /// Keeps a picture of the screen. No test depends on it: without the program for it there is none.
    pub(super) async fn keep_picture(&self, file: &Path) {
        let taken =
            Command::new("import").args(["-display", &self.name, "-window", "root"]).arg(file).status().await;
        if let Err(error) = taken {
            tracing::info!(%error, "there is no picture: install the package imagemagick");
        }
    }

    fn is_shown(&self, title: &str) -> bool {
        self.window(title).is_some_and(|window| {
            let attributes = self.connection.get_window_attributes(window).unwrap().reply();
            attributes.is_ok_and(|attributes| attributes.map_state == MapState::VIEWABLE)
        })
    }

    /// The window with this title. Without a window manager each is a child of the root.
    fn window(&self, title: &str) -> Option<Window> {
        let tree = self.connection.query_tree(self.root).unwrap().reply().unwrap();
        let protocols = self.atom("WM_PROTOCOLS");
        tree.children.into_iter().find(|window| {
            // A toolkit makes windows with the same title that nobody sees; they cannot be closed.
            self.property(*window, AtomEnum::WM_NAME.into()) == title.as_bytes()
                && !self.property(*window, protocols).is_empty()
        })
    }

    fn property(&self, window: Window, name: u32) -> Vec<u8> {
        let asked =
            self.connection.get_property(false, window, name, AtomEnum::ANY, 0, PROPERTY_LIMIT).unwrap();
        // A window that is gone by now has none.
        asked.reply().map(|reply| reply.value).unwrap_or_default()
    }

    fn atom(&self, name: &str) -> u32 {
        self.connection.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom
    }
}
