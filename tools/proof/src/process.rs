//! What a process has cost so far, from /proc.

use crate::Result;

/// Ticks of `utime` and `stime` a second; the kernel shows 100 to programs on every machine we know.
const TICKS: f64 = 100.0;

/// Processor time of a process with all its threads, in seconds.
pub(crate) fn cpu_seconds(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/stat");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("cannot read {path}: {error}"))?;
    // The name may hold anything, so count from behind its closing bracket: state is the first word.
    let words: Vec<&str> = text.rsplit_once(") ").map_or("", |it| it.1).split_whitespace().collect();
    let ticks = |index: usize| words.get(index).and_then(|it| it.parse::<f64>().ok()).unwrap_or(0.0);
    Ok((ticks(11) + ticks(12)) / TICKS)
}

/// Processor time in seconds that everybody on this machine has used, and that its host gave to others meanwhile
/// (proc(5), stat: all columns but idle, iowait and the guests', which user time holds already).
pub(crate) fn machine_seconds() -> Result<f64> {
    let text =
        std::fs::read_to_string("/proc/stat").map_err(|error| format!("cannot read /proc/stat: {error}"))?;
    let line = text.lines().next().unwrap_or_default();
    Ok(busy_ticks(line) / TICKS)
}

fn busy_ticks(line: &str) -> f64 {
    // The first word is the line's name.
    let words: Vec<&str> = line.split_whitespace().skip(1).collect();
    let ticks = |index: usize| words.get(index).and_then(|it| it.parse::<f64>().ok()).unwrap_or(0.0);
    [0, 1, 2, 5, 6, 7].into_iter().map(ticks).sum()
}

/// Memory now and at its highest, in MiB.
pub(crate) fn memory(pid: u32) -> Result<(f64, f64)> {
    let path = format!("/proc/{pid}/status");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("cannot read {path}: {error}"))?;
    let field = |name: &str| {
        let line = text.lines().find_map(|it| it.strip_prefix(name)).unwrap_or_default();
        line.split_whitespace().next().and_then(|it| it.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
    };
    Ok((field("VmRSS:"), field("VmHWM:")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_cost_can_be_read() {
        let (now, highest) = memory(std::process::id()).unwrap();
        assert!(now > 0.5 && highest >= now, "{now} {highest}");
        assert!(cpu_seconds(std::process::id()).unwrap() >= 0.0);
        assert!(machine_seconds().unwrap() >= cpu_seconds(std::process::id()).unwrap());
    }

    #[test]
    fn a_column_counts_where_it_stands() {
        for (line, expected) in [
            ("cpu  1 20 300 9 9 4000 50000 600000 9 9", 654_321.0),
            // One that is no number takes nothing from its neighbours' places.
            ("cpu  1 ? 300 9 9 4000 50000 600000 9 9", 654_301.0),
            ("cpu  1 20 300 9", 321.0),
            ("", 0.0),
        ] {
            assert!((busy_ticks(line) - expected).abs() < 0.5, "{line}: {}", busy_ticks(line));
        }
    }
}
