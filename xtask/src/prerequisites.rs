//! What must be there before anything can be built, and what to do when it is not.

use crate::process::{capture, command};
use crate::{Result, workspace::Workspace};

/// The oldest Rust the workspace compiles with; the same as in Cargo.toml.
const RUST: (u32, u32) = (1, 95);
/// The oldest Node the pages build with.
const NODE: u32 = 20;

/// Says in one sentence what is missing; nothing is installed here.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let rust = capture(&mut workspace.command_in(".", "rustc", &["--version"]))
        .map_err(|_| "Rust is missing: install it with rustup (see the Rust project's site)".to_owned())?;
    judge_rust(&rust)?;
    let node = capture(&mut command("node", ["--version"])).map_err(|_| {
        format!("Node is missing: install Node {NODE} or newer (on Debian: apt-get install nodejs npm)")
    })?;
    judge_node(&node)
}

fn judge_rust(version: &str) -> Result<()> {
    let numbers = numbers(version.split_whitespace().nth(1).unwrap_or_default());
    match numbers[..] {
        [major, minor, ..] if (major, minor) >= RUST => Ok(()),
        _ => Err(format!(
            "Rust {}.{} or newer is needed, here is `{}`: run `rustup update stable`",
            RUST.0,
            RUST.1,
            version.trim()
        )),
    }
}

fn judge_node(version: &str) -> Result<()> {
    match numbers(version.trim().trim_start_matches('v'))[..] {
        [major, ..] if major >= NODE => Ok(()),
        _ => Err(format!(
            "Node {NODE} or newer is needed, here is `{}`: install a newer one (nvm, or your system's packages)",
            version.trim()
        )),
    }
}

fn numbers(version: &str) -> Vec<u32> {
    version.split(['.', '-']).map_while(|it| it.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        for (version, good) in [
            ("rustc 1.95.0 (59807616e 2026-04-14)", true),
            ("rustc 1.100.0", true),
            ("rustc 2.0.0-nightly", true),
            ("rustc 1.94.1", false),
            ("", false),
        ] {
            assert_eq!(judge_rust(version).is_ok(), good, "{version}");
        }
        for (version, good) in [("v20.20.2\n", true), ("v100.0.0", true), ("v18.19.0", false), ("?", false)] {
            assert_eq!(judge_node(version).is_ok(), good, "{version}");
        }
    }

    #[test]
    fn the_sentence_says_what_to_do() {
        assert!(judge_rust("rustc 1.80.0").unwrap_err().contains("rustup update"));
    }
}
