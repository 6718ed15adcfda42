//! A disk that loses its power: what was flushed is there, of the rest any part may be.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use rand::RngExt as _;

use crate::trace::{Act, Event};

/// What a disk writes whole: a sector is the old one or a new one, never half of each.
const SECTOR: u64 = 512;

/// A file: what is safe, and what was written since.
#[derive(Debug, Clone, Default)]
struct File {
    safe: Vec<u8>,
    /// Contents after each write since, in order: `(sector, bytes)`, and how much of it a flush under
    /// way will have made safe.
    pending: Vec<(u64, Vec<u8>)>,
    flushing: usize,
    /// The file as programs see it.
    seen: Vec<u8>,
    /// It was removed, and its folder was not flushed since: after a loss it may be there again.
    removed: bool,
}

/// The files of a trace, played up to some moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    files: BTreeMap<String, File>,
}

/// How a power loss treats what was not flushed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Loss {
    /// All of it is gone.
    All,
    /// Each sector's fate is its own; an early write may be lost and a later one kept.
    Torn,
    /// It arrived in order up to some point.
    Prefix,
}

impl Disk {
    /// Plays one event.
    pub(crate) fn play(&mut self, event: &Event) {
        let name = Path::new(&event.file);
        if self.files.keys().any(|it| Path::new(it).parent() == Some(name)) {
            // The folder of files: from its flush on, what was removed is gone for good.
            if event.act == Act::FlushEnds {
                self.files.retain(|it, file| !(file.removed && Path::new(it).parent() == Some(name)));
            }
            return;
        }
        let file = self.files.entry(event.file.clone()).or_default();
        if file.removed {
            // A name that is used again is a new file.
            *file = File::default();
        }
        match &event.act {
            Act::Remove => file.removed = true,
            Act::Write { offset, bytes } => file.write(*offset, bytes),
            Act::Resize { length } => file.resize(*length),
            Act::FlushBegins => file.flushing = file.pending.len(),
            Act::FlushEnds => file.flushed(),
        }
    }

    /// The files after a power loss now.
    pub(crate) fn lose_power(&self, loss: Loss) -> HashMap<String, Vec<u8>> {
        let is_there =
            |file: &File| !file.removed || matches!(loss, Loss::All) || rand::rng().random_bool(0.5);
        let files = self.files.iter().filter(|(_, file)| is_there(file));
        files.map(|(name, file)| (name.clone(), file.lose_power(loss))).collect()
    }
}

impl File {
    fn write(&mut self, offset: u64, bytes: &[u8]) {
        let end = offset as usize + bytes.len();
        if self.seen.len() < end {
            self.seen.resize(end, 0);
        }
        self.seen[offset as usize..end].copy_from_slice(bytes);
        for sector in offset / SECTOR..(end as u64).div_ceil(SECTOR) {
            let from = (sector * SECTOR) as usize;
            let to = self.seen.len().min(from + SECTOR as usize);
            self.pending.push((sector, self.seen[from..to].to_vec()));
        }
    }

    /// A shorter length takes effect at once and for good: the harder case for a journal that is cut.
    fn resize(&mut self, length: u64) {
        self.seen.resize(length as usize, 0);
        if self.safe.len() > length as usize {
            self.safe.truncate(length as usize);
        }
        let kept = |sector: u64, bytes: &mut Vec<u8>| {
            let from = sector * SECTOR;
            bytes.truncate(length.saturating_sub(from) as usize);
            !bytes.is_empty()
        };
        let before = self.flushing;
        let mut index = 0;
        let mut gone = 0;
        self.pending.retain_mut(|(sector, bytes)| {
            let keep = kept(*sector, bytes);
            gone += usize::from(!keep && index < before);
            index += 1;
            keep
        });
        self.flushing -= gone;
    }

    fn flushed(&mut self) {
        let done: Vec<_> = self.pending.drain(..self.flushing.min(self.pending.len())).collect();
        self.flushing = 0;
        for (sector, bytes) in done {
            put(&mut self.safe, sector, &bytes);
        }
    }

    fn lose_power(&self, loss: Loss) -> Vec<u8> {
        let mut random = rand::rng();
        let mut left = self.safe.clone();
        match loss {
            Loss::All => {}
            Loss::Prefix => {
                let count = random.random_range(0..=self.pending.len());
                for (sector, bytes) in &self.pending[..count] {
                    put(&mut left, *sector, bytes);
                }
            }
            Loss::Torn => {
                for (sector, bytes) in &self.pending {
                    if random.random_bool(0.5) {
                        put(&mut left, *sector, bytes);
                    }
                }
            }
        }
        left
    }
}

fn put(content: &mut Vec<u8>, sector: u64, bytes: &[u8]) {
    let from = (sector * SECTOR) as usize;
    if content.len() < from + bytes.len() {
        content.resize(from + bytes.len(), 0);
    }
    content[from..from + bytes.len()].copy_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn play(acts: &[Act]) -> Disk {
        let mut disk = Disk::default();
        for act in acts {
            disk.play(&Event { at: 0.0, file: "a".into(), act: act.clone() });
        }
        disk
    }

    fn write(offset: u64, byte: u8, length: usize) -> Act {
        Act::Write { offset, bytes: vec![byte; length] }
    }

    #[test]
    fn only_what_was_written_before_a_flush_is_safe_after_it() {
        let disk =
            play(&[write(0, 1, 512), Act::FlushBegins, write(512, 2, 512), Act::FlushEnds, write(0, 3, 100)]);
        assert_eq!(disk.lose_power(Loss::All)["a"], vec![1; 512]);
        assert_eq!(disk.files["a"].pending.len(), 2);
    }

    #[test]
    fn a_flush_that_did_not_end_saves_nothing() {
        let disk = play(&[write(0, 1, 512), Act::FlushBegins]);
        assert!(disk.lose_power(Loss::All)["a"].is_empty());
    }

    #[test]
    fn sectors_are_torn_apart_but_never_inside() {
        let disk = play(&[write(0, 1, 4096), Act::FlushBegins, Act::FlushEnds, write(0, 2, 4096)]);
        let mut mixed = false;
        for _ in 0..20 {
            let left = &disk.lose_power(Loss::Torn)["a"];
            let sectors: Vec<&[u8]> = left.chunks(512).collect();
            assert!(sectors.iter().all(|it| it.iter().all(|byte| *byte == it[0])));
            mixed |= sectors.iter().any(|it| it[0] == 1) && sectors.iter().any(|it| it[0] == 2);
        }
        assert!(mixed);
    }

    #[test]
    fn a_removed_file_may_come_back_until_its_folder_is_flushed() {
        let mut disk = Disk::default();
        let mut act = |file: &str, act| disk.play(&Event { at: 0.0, file: file.into(), act });
        for step in [write(0, 1, 512), Act::FlushBegins, Act::FlushEnds, Act::Remove] {
            act("/data/journal", step);
        }
        assert_eq!(disk.lose_power(Loss::All)["/data/journal"], vec![1; 512]);
        let fates: Vec<bool> = (0..64).map(|_| disk.lose_power(Loss::Torn).is_empty()).collect();
        assert!(fates.contains(&true) && fates.contains(&false));
        for step in [Act::FlushBegins, Act::FlushEnds] {
            disk.play(&Event { at: 0.0, file: "/data".into(), act: step });
        }
        assert!(disk.lose_power(Loss::All).is_empty());
    }

    #[test]
    fn a_cut_file_forgets_what_was_behind_the_cut() {
        let disk = play(&[write(0, 1, 1024), Act::FlushBegins, Act::Resize { length: 512 }, Act::FlushEnds]);
        assert_eq!(disk.lose_power(Loss::All)["a"], vec![1; 512]);
    }
}
