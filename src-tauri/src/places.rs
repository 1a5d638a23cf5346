//! Where the program keeps its files.

use std::path::PathBuf;

use vigie_system::places::{LOGS, data};

use crate::arguments::Arguments;

/// The simulated bank's own database, beside the desk's.
pub const SIMULATION: &str = "simulation.sqlite";
/// The simulation's own folder in the folder for the data.
const DEMO: &str = "demo";

/// The folder for the data; `usual` unless another was chosen.
pub fn data_folder(arguments: &Arguments, usual: PathBuf) -> PathBuf {
    let folder = arguments.data.clone().unwrap_or(usual);
    if arguments.demo { folder.join(DEMO) } else { folder }
}

/// The folder for the log, in the one for the data; `None` where the system knows no such folder.
pub fn log_folder(arguments: &Arguments) -> Option<PathBuf> {
    let usual = arguments.data.clone().or_else(data)?;
    Some(data_folder(arguments, usual).join(LOGS))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::Parser as _;

    use super::*;

    #[test]
    fn the_log_is_where_the_data_is_and_the_simulation_has_its_own() {
        let folder = |arguments: &[&str]| {
            let arguments = Arguments::parse_from(["vigie", "--data", "/mine"].iter().chain(arguments));
            let data = data_folder(&arguments, "/usual".into());
            (data.clone(), log_folder(&arguments).is_some_and(|logs| logs == data.join("logs")))
        };
        assert_eq!(folder(&[]), (Path::new("/mine").to_owned(), true));
        assert_eq!(folder(&["--demo"]), (Path::new("/mine/demo").to_owned(), true));
    }
}
