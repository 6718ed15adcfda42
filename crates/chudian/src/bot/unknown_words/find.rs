//! Finds words in questions without a dictionary: pieces that several customers used, in different
//! surroundings, and that no wording of the base contains. Pure.

use std::collections::{BTreeSet, HashMap, HashSet};

use retrieval::normalise;

/// The longest piece of Chinese characters that is looked at.
const LONGEST: usize = 6;

/// So many different customers must have used a word.
const LEAST: usize = 2;

/// So many example questions are told.
const EXAMPLES: usize = 3;

/// Characters with which no word of a subject begins or ends.
const EDGES: &str = "怎么办呢吗什样为何如多少哪里几时候可以能不有没是的了我你您他她它们要想请问啊呀吧这那个在好谢哈给把被就都也还\
                     和跟与或到从对让会着过再又很太最该得地吗嘛哦嗯帮";

/// A word that the base does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord {
    /// The word, as it is compared.
    pub word: String,
    /// How many customers used it.
    pub count: usize,
    /// Questions with it, as they were asked.
    pub examples: Vec<String>,
}

/// Where a piece stands.
#[derive(Debug, Default)]
struct Places {
    customers: BTreeSet<i64>,
    left: Around,
    right: Around,
    questions: Vec<usize>,
}

impl Places {
    /// Whether several customers used it, in different surroundings.
    fn is_common(&self) -> bool {
        self.customers.len() >= LEAST && self.left.varies() && self.right.varies()
    }
}

/// What stands on one side of a piece: a piece of a longer word always has the same neighbour.
#[derive(Debug, Default)]
struct Around {
    neighbours: HashSet<char>,
    /// How often it begins or ends the sentence: each time is as good as a new neighbour.
    free: usize,
}

impl Around {
    fn note(&mut self, neighbour: Option<char>) {
        match neighbour {
            Some(it) => drop(self.neighbours.insert(it)),
            None => self.free += 1,
        }
    }

    fn varies(&self) -> bool {
        self.neighbours.len() + self.free >= 2
    }
}

/// The pieces of questions, before it is known which of them the base has.
#[derive(Debug)]
pub struct Pieces<'a> {
    asked: &'a [(String, i64)],
    places: HashMap<String, Places>,
    known: HashSet<String>,
}

impl<'a> Pieces<'a> {
    /// From questions, each with a number of its customer.
    #[must_use]
    pub fn new(asked: &'a [(String, i64)]) -> Self {
        let mut places: HashMap<String, Places> = HashMap::new();
        for (nth, (question, customer)) in asked.iter().enumerate() {
            let letters: Vec<char> = normalise::question(question).chars().collect();
            for (start, end) in ranges(&letters) {
                let at = places.entry(letters[start..end].iter().collect()).or_default();
                at.customers.insert(*customer);
                at.left.note(start.checked_sub(1).map(|it| letters[it]));
                at.right.note(letters.get(end).copied());
                if at.questions.last() != Some(&nth) && at.questions.len() < 4 * EXAMPLES {
                    at.questions.push(nth);
                }
            }
        }
        Self { asked, places, known: HashSet::new() }
    }

    /// Whether a piece could be a word at all, whatever the base knows: else nothing of it need be read.
    #[must_use]
    pub fn has_any(&self) -> bool {
        self.places.values().any(Places::is_common)
    }

    /// Notes a text of the base: what stands in it is known.
    pub fn know(&mut self, text: &str) {
        let letters: Vec<char> = normalise::question(text).chars().collect();
        for (start, end) in ranges(&letters) {
            let piece: String = letters[start..end].iter().collect();
            if self.places.contains_key(&piece) {
                self.known.insert(piece);
            }
        }
    }

    /// The words that nothing known contains, those of most customers first, without `ignored` ones.
    #[must_use]
    pub fn unknown(&self, ignored: &HashSet<String>, most: usize) -> Vec<UnknownWord> {
        let mut found: Vec<(&str, &Places)> = self
            .places
            .iter()
            .map(|(piece, places)| (piece.as_str(), places))
            .filter(|(piece, places)| {
                places.is_common()
                    && !self.known.contains(*piece)
                    && !ignored.contains(*piece)
                    && has_clean_edges(piece)
                    && !self.is_made_of_known(piece)
            })
            .collect();
        found.sort_by(|(a, x), (b, y)| {
            let count = |it: &Places| it.customers.len();
            count(y).cmp(&count(x)).then(b.len().cmp(&a.len())).then(a.cmp(b))
        });
        let mut kept: Vec<(&str, &Places)> = Vec::new();
        for (piece, places) in found {
            let count = places.customers.len();
            // A part that is seldom seen without the whole, and a whole that is a known part with more around it.
            let is_told = kept.iter().any(|(other, of_other)| {
                let of_other = of_other.customers.len();
                (other.contains(piece) && of_other * 5 >= count * 4) || piece.contains(other)
            });
            if !is_told {
                kept.push((piece, places));
            }
        }
        kept.into_iter()
            .take(most)
            .map(|(piece, places)| UnknownWord {
                word: piece.to_owned(),
                count: places.customers.len(),
                examples: self.examples(places),
            })
            .collect()
    }

    fn examples(&self, places: &Places) -> Vec<String> {
        let mut examples: Vec<String> = Vec::new();
        for nth in &places.questions {
            let question = &self.asked[*nth].0;
            if examples.len() < EXAMPLES && !examples.contains(question) {
                examples.push(question.clone());
            }
        }
        examples
    }

    /// It is a phrase of words that the base knows, one after another.
    fn is_made_of_known(&self, piece: &str) -> bool {
        let letters: Vec<char> = piece.chars().collect();
        let mut reached = vec![false; letters.len() + 1];
        reached[0] = true;
        for end in 2..=letters.len() {
            reached[end] = (0..end - 1).any(|start| {
                reached[start] && self.known.contains(&letters[start..end].iter().collect::<String>())
            });
        }
        reached[letters.len()]
    }
}

/// The pieces of a sentence: all runs of two to six Chinese characters, and whole words of other letters.
fn ranges(letters: &[char]) -> Vec<(usize, usize)> {
    let mut ranges = Vec::new();
    let mut start = 0;
    while start < letters.len() {
        let kind = kind(letters[start]);
        let length = letters[start..].iter().take_while(|it| self::kind(**it) == kind).count();
        let end = start + length;
        match kind {
            Kind::Chinese => {
                for from in start..end {
                    ranges.extend((from + 2..=(from + LONGEST).min(end)).map(|to| (from, to)));
                }
            }
            Kind::Latin if length >= 2 && letters[start..end].iter().any(|it| it.is_alphabetic()) => {
                ranges.push((start, end));
            }
            Kind::Latin | Kind::Other => {}
        }
        start = end;
    }
    ranges
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Chinese,
    Latin,
    Other,
}

fn kind(letter: char) -> Kind {
    match letter {
        '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' => Kind::Chinese,
        it if it.is_alphanumeric() => Kind::Latin,
        _ => Kind::Other,
    }
}

fn has_clean_edges(piece: &str) -> bool {
    let is_edge = |it: Option<char>| it.is_some_and(|it| EDGES.contains(it));
    !is_edge(piece.chars().next()) && !is_edge(piece.chars().next_back())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(asked: &[&str], base: &[&str], ignored: &[&str]) -> Vec<(String, usize)> {
        let asked: Vec<(String, i64)> =
            asked.iter().zip(0..).map(|(it, customer)| ((*it).to_owned(), customer)).collect();
        let mut pieces = Pieces::new(&asked);
        base.iter().for_each(|it| pieces.know(it));
        let ignored = ignored.iter().map(ToString::to_string).collect();
        pieces.unknown(&ignored, 50).into_iter().map(|it| (it.word, it.count)).collect()
    }

    #[test]
    fn a_word_of_several_customers_is_found_whole() {
        let asked = [
            "怎么办理亲情网",
            "亲情网多少钱",
            "我要退订亲情网套餐",
            "亲情网还能加人吗",
            "esim怎么弄",
            "支持eSIM吗",
        ];
        let base = ["套餐怎么办理", "流量多少钱", "怎么退订"];
        let found = unknown(&asked, &base, &[]);
        assert_eq!(found, [("亲情网".to_owned(), 4), ("esim".to_owned(), 2)]);
        let many: Vec<(String, i64)> = asked.iter().zip(0..).map(|(it, of)| ((*it).to_owned(), of)).collect();
        assert!(Pieces::new(&many).has_any());
        assert_eq!(unknown(&asked, &base, &["亲情网"]).first().map(|it| it.0.as_str()), Some("esim"));
        assert_eq!(unknown(&asked, &["亲情网是什么", "eSIM 卡"], &[]), []);
    }

    #[test]
    fn phrases_of_known_words_and_single_customers_tell_nothing() {
        let base = ["流量怎么查询", "退订业务"];
        assert_eq!(unknown(&["退订流量吧", "想退订流量", "退订流量谢谢"], &base, &[]), []);
        let one: Vec<(String, i64)> = vec![("彩铃怎么换".to_owned(), 7), ("我的彩铃呢".to_owned(), 7)];
        assert_eq!(Pieces::new(&one).unknown(&HashSet::new(), 9), []);
        assert!(!Pieces::new(&one).has_any(), "and the base is not even read for it");
        assert_eq!(unknown(&[], &base, &[]), []);
    }

    #[test]
    fn examples_are_told_as_they_were_asked() {
        let asked = vec![("彩铃，怎么换？".to_owned(), 1), ("我的彩铃呢".to_owned(), 2)];
        let found = Pieces::new(&asked).unknown(&HashSet::new(), 9);
        assert_eq!(found[0].examples, ["彩铃，怎么换？", "我的彩铃呢"]);
    }
}
