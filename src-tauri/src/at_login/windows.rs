//! A value in the registry's `Run`.

/// The path of a program as such a value has it: without quotes each space may end it. No path has a quote in it.
pub fn command(path: &str) -> String {
    format!("\"{path}\"")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_path_is_one_word_of_the_command() {
        let program = r"C:\Users\Ada L\AppData\Local\Vigie\vigie.exe";
        assert_eq!(super::command(program), format!("\"{program}\""));
    }
}
