//! The sound of characters, folded so that the usual confusions sound alike.
//!
//! Folding follows what speakers of southern dialects and input methods mix up: zh/z, ch/c, sh/s, n/l,
//! r/l, h/f at the start, -ng/-n at the end. A character with several readings keeps its first one: both
//! sides of a comparison read it the same way.

use std::collections::HashMap;
use std::sync::LazyLock;

use pinyin::ToPinyin;

/// A folded syllable's number. 0 means that a character has no sound.
pub type Sound = u16;

/// No sound: punctuation, rare characters, letters that are no syllable.
pub const SILENT: Sound = 0;

const FIRST: u32 = 0x4e00;
const LAST: u32 = 0x9fff;

struct Sounds {
    of_character: Vec<Sound>,
    of_syllable: HashMap<String, Sound>,
}

static SOUNDS: LazyLock<Sounds> = LazyLock::new(|| {
    let mut of_folded: HashMap<String, Sound> = HashMap::new();
    let mut of_syllable = HashMap::new();
    let mut number = |syllable: &str| {
        let next = Sound::try_from(of_folded.len() + 1).unwrap_or(SILENT);
        *of_folded.entry(fold_syllable(syllable)).or_insert(next)
    };
    let of_character = (FIRST..=LAST)
        .map(|code| {
            let syllable = char::from_u32(code).and_then(|c| c.to_pinyin()).map(pinyin::Pinyin::plain);
            syllable.map_or(SILENT, |it| {
                let sound = number(it);
                of_syllable.entry(it.replace('ü', "v")).or_insert(sound);
                sound
            })
        })
        .collect();
    Sounds { of_character, of_syllable }
});

/// The folded sound of one character, [`SILENT`] if it has none.
#[must_use]
pub fn sound(c: char) -> Sound {
    (c as u32)
        .checked_sub(FIRST)
        .and_then(|at| SOUNDS.of_character.get(at as usize).copied())
        .unwrap_or(SILENT)
}

/// The sounds of a run of letters if it is wholly made of syllables: "huankuan" gives two.
/// `None` for "app", "qq" and for anything longer than a sentence somebody would type that way.
#[must_use]
pub fn split_letters(run: &str) -> Option<Vec<Sound>> {
    const LONGEST_RUN: usize = 64;
    const LONGEST_SYLLABLE: usize = 6;
    if run.len() < 2 || run.len() > LONGEST_RUN || !run.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    // best[end] = the fewest syllables that spell the run up to `end`, and where the last one began.
    let mut best: Vec<Option<(usize, usize)>> = vec![None; run.len() + 1];
    best[0] = Some((0, 0));
    for end in 1..=run.len() {
        best[end] = (end.saturating_sub(LONGEST_SYLLABLE)..end)
            .filter(|&start| is_spelling(&run[start..end]))
            .filter_map(|start| Some((best[start]?.0 + 1, start)))
            .min();
    }
    let mut sounds = Vec::new();
    let mut end = run.len();
    while end > 0 {
        let (_, start) = best[end]?;
        sounds.push(SOUNDS.of_syllable.get(&run[start..end]).copied()?);
        end = start;
    }
    sounds.reverse();
    Some(sounds)
}

/// So many characters of one sound are tried for one another, the commonest ones.
const MOST_OF_SOUND: usize = 12;

/// The commonest characters of each sound, commonest first, from how often each was met. Silent ones are left out.
pub(crate) fn commonest(counts: impl IntoIterator<Item = (char, f64)>) -> HashMap<Sound, Vec<char>> {
    let mut counts: Vec<(char, f64)> = counts.into_iter().collect();
    counts.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut of_sound: HashMap<Sound, Vec<char>> = HashMap::new();
    for (it, _) in counts {
        let sound = sound(it);
        if sound == SILENT {
            continue;
        }
        let alike = of_sound.entry(sound).or_default();
        if alike.len() < MOST_OF_SOUND {
            alike.push(it);
        }
    }
    of_sound
}

/// A single letter is a syllable on paper (啊, 哦, 嗯) but a letter in a run.
fn is_spelling(part: &str) -> bool {
    part.len() > 1 && SOUNDS.of_syllable.contains_key(part)
}

fn fold_syllable(syllable: &str) -> String {
    let (initial, rest) = match syllable {
        s if s.starts_with("zh") => ("z", &s[2..]),
        s if s.starts_with("ch") => ("c", &s[2..]),
        s if s.starts_with("sh") => ("s", &s[2..]),
        s if s.starts_with(['n', 'r']) => ("l", &s[1..]),
        s if s.starts_with('h') => ("f", &s[1..]),
        s => ("", s),
    };
    let rest = rest.replace('ü', "v");
    let rest = match rest.strip_suffix('g') {
        Some(shorter) if rest.ends_with("ang") || rest.ends_with("eng") || rest.ends_with("ing") => shorter,
        _ => &rest,
    };
    [initial, rest].concat()
}

/// Loads the sound tables now, so that the first customer does not wait for them.
pub fn warm_up() {
    LazyLock::force(&SOUNDS);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_confusions_sound_alike() {
        let check = |a: char, b: char, alike: bool| assert_eq!(sound(a) == sound(b), alike, "{a} {b}");
        check('知', '资', true);
        check('牛', '流', true);
        check('湖', '福', true);
        check('星', '新', true);
        check('网', '晚', true);
        check('话', '费', false);
        check('龙', '论', false);
        assert_eq!(sound('a'), SILENT);
        assert_eq!(sound('，'), SILENT);
    }

    #[test]
    fn the_commonest_of_a_sound_come_first_and_few_are_enough() {
        let found = commonest([('花', 2.0), ('话', 7.0), ('画', 2.0), ('款', 1.0), ('a', 9.0), ('，', 9.0)]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[&sound('话')], ['话', '画', '花']);
        assert_eq!(found[&sound('款')], ['款']);
        let alike: Vec<char> = ('一'..='龥').filter(|it| sound(*it) == sound('一')).collect();
        let found = commonest(alike.iter().zip(0..).map(|(it, times)| (*it, f64::from(times))));
        let last = alike.iter().rev().take(MOST_OF_SOUND).copied().collect::<Vec<_>>();
        assert!(alike.len() > MOST_OF_SOUND);
        assert_eq!(found[&sound('一')], last);
    }

    #[test]
    fn letters_are_split_into_syllables_or_left_alone() {
        assert_eq!(split_letters("zenmeban"), Some(vec![sound('怎'), sound('么'), sound('办')]));
        assert_eq!(split_letters("weixin"), Some(vec![sound('微'), sound('信')]));
        assert_eq!(split_letters("lv"), Some(vec![sound('绿')]));
        for run in ["app", "qq", "a", "5g", "", "etc"] {
            assert_eq!(split_letters(run), None, "{run}");
        }
    }
}
