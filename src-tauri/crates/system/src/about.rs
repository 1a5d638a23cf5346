//! What the program runs on.

/// The operating system, its version and the kind of processor: `Debian 13 (x86_64)`.
pub fn this_computer() -> String {
    let system = os_info::get();
    format!("{} {} ({})", system.os_type(), system.version(), std::env::consts::ARCH)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_computer_is_told_by_its_system_and_processor() {
        let told = super::this_computer();
        assert!(told.ends_with(&format!("({})", std::env::consts::ARCH)), "{told}");
    }
}
