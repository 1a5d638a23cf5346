//! What a process has in memory, from `/proc`.

use std::fs;

/// What a process has in memory, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memory {
    /// Resident: every page that is in memory, also what it shares with others (VmRSS).
    pub resident: u64,
    /// The same with what is shared divided among those who share it (PSS).
    pub proportional: u64,
}

/// What this process has in memory now; a process that has ended has nothing.
pub fn memory(process: u32) -> Memory {
    let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
    };
    Memory { resident: field("Rss:"), proportional: field("Pss:") }
}

/// The name of a process, as far as the kernel keeps it, and its parent.
fn name_and_parent(process: u32) -> Option<(String, u32)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (head, rest) = stat.rsplit_once(") ")?;
    let name = head.split_once('(')?.1.to_owned();
    Some((name, rest.split(' ').nth(1)?.parse().ok()?))
}

/// The page of an application: the browser engine's process for it, which the application has started.
pub fn page_of(application: u32) -> Option<u32> {
    let processes = fs::read_dir("/proc").ok()?.flatten();
    processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).find(|process| {
        let Some((name, mut parent)) = name_and_parent(*process) else { return false };
        // The kernel cuts names at 15 bytes.
        if !name.starts_with("WebKitWebProces") {
            return false;
        }
        while parent > 1 {
            if parent == application {
                return true;
            }
            parent = name_and_parent(parent).map_or(0, |(_, parent)| parent);
        }
        false
    })
}
