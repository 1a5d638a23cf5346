//! A desktop entry among those that are started.

/// The path of a program as an entry's command has it, by the specification of desktop entries: in quotes, and what
/// means something in them or in a command marked as text.
pub fn command(path: &str) -> String {
    let mut command = String::from('"');
    for c in path.chars() {
        match c {
            // The file's own reading takes one `\` of two before the command is read.
            '\\' => command.push_str(r"\\\\"),
            '"' | '`' | '$' => {
                command.push_str(r"\\");
                command.push(c);
            }
            '%' => command.push_str("%%"),
            c => command.push(c),
        }
    }
    command.push('"');
    command
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn a_path_is_one_word_of_the_command() {
        assert_eq!(command("/usr/bin/vigie"), r#""/usr/bin/vigie""#);
        assert_eq!(command("/home/ada/my apps/Vigie.AppImage"), r#""/home/ada/my apps/Vigie.AppImage""#);
        assert_eq!(command(r#"/a"b$c`d\e%f"#), r#""/a\\"b\\$c\\`d\\\\e%%f""#);
    }
}
