//! The politeness around a question: greetings, thanks, pleas for an answer, and moods of speech.

use super::is_latin;

/// Openings that are not part of a question, longest first within a family.
const OPENINGS: &[&str] = &[
    "客服你好",
    "客服您好",
    "老师你好",
    "老师您好",
    "你们好",
    "大家好",
    "你好",
    "您好",
    "亲爱的",
    "亲",
    "急急急",
    "急",
    "哈",
    "啊",
    "嗯",
    "呃",
    "在吗",
    "在么",
    "在不在",
    "有人吗",
    "喂",
    "请问一下",
    "请问下",
    "请问",
    "请教一下",
    "我想请问一下",
    "我想请问",
    "我想咨询一下",
    "我想咨询",
    "想咨询一下",
    "咨询一下",
    "我想问一下",
    "我想问下",
    "我想问",
    "想问一下",
    "想问下",
    "想问",
    "问一下",
    "麻烦问一下",
    "麻烦问下",
    "麻烦请问",
    "请教下",
    "请教",
    "麻烦",
    "打扰一下",
    "打扰下",
    "打扰了",
    "不好意思",
    "哈喽",
    "哈啰",
    "嗨",
    "hello",
    "hi",
    "早上好",
    "上午好",
    "中午好",
    "下午好",
    "晚上好",
];

/// Endings that are not part of a question.
const ENDINGS: &[&str] = &[
    "谢谢你们",
    "谢谢亲们",
    "谢谢亲",
    "谢谢大家",
    "谢谢客服",
    "谢谢哈",
    "谢谢啦",
    "谢谢了",
    "谢谢您",
    "谢谢你",
    "谢谢",
    "多谢了",
    "多谢",
    "感谢",
    "谢了",
    "thanks",
    "thank you",
    "thx",
    "在线等",
    "急急急",
    "急",
    "急等",
    "等回复",
    "拜托了",
    "拜托",
    "麻烦了",
    "辛苦了",
    "呀",
    "啊",
    "哦",
    "哈",
    "啦",
    "哟",
];

/// Endings of one character that are particles and need no mark before them.
const PARTICLES: &[&str] = &["呀", "啊", "哦", "哈", "啦", "哟"];

const SHORTEST_QUESTION: usize = 3;

/// The text without the politeness around it, as long as [`SHORTEST_QUESTION`] characters remain.
pub(super) fn strip(folded: &str) -> &str {
    let mut rest = folded.trim_matches(is_mark);
    loop {
        let shorter = strip_opening(rest)
            .or_else(|| strip_ending(rest))
            .or_else(|| strip_plea(rest))
            .or_else(|| strip_mood(rest));
        match shorter.map(|it| it.trim_matches(is_mark)) {
            Some(it) if it.chars().filter(|c| c.is_alphanumeric()).count() >= SHORTEST_QUESTION => rest = it,
            _ => return rest,
        }
    }
}

/// A single character may begin another word ("亲属"), so it needs a mark behind it; a Latin word
/// must end there ("hi" does not open "hive").
fn strip_opening(text: &str) -> Option<&str> {
    OPENINGS.iter().find_map(|opening| {
        let rest = text.strip_prefix(opening)?;
        let next = rest.chars().next()?;
        let single = opening.chars().count() == 1;
        let latin = opening.starts_with(is_latin);
        (!(single && next.is_alphanumeric() || latin && is_latin(next))).then_some(rest)
    })
}

fn strip_ending(text: &str) -> Option<&str> {
    ENDINGS.iter().find_map(|ending| {
        let rest = text.strip_suffix(ending)?;
        let previous = rest.chars().next_back()?;
        let single = ending.chars().count() == 1 && !PARTICLES.contains(ending);
        let latin = ending.starts_with(is_latin);
        (!(single && previous.is_alphanumeric() || latin && is_latin(previous))).then_some(rest)
    })
}

/// What stands in a plea for an answer ("麻烦您尽快回复一下我"), from its end to its beginning; of each part one, and
/// who is asked and how soon may be missing.
const PLEA: &[(&[&str], bool)] = &[
    (&["一下我", "一下", "下我", "下", "我", "吧"], false),
    (&["回复", "答复", "回答", "解答", "告知", "回信", "回话", "回个话"], true),
    (&["尽快", "尽早", "赶快", "赶紧", "及时", "早日", "早点", "快点", "快"], false),
    (&["你们", "您们", "你", "您", "客服", "大家"], false),
    (&["麻烦", "烦请", "还请", "敬请", "请", "希望", "盼望", "期待", "盼", "望", "求", "等"], true),
];

fn strip_plea(text: &str) -> Option<&str> {
    let mut rest = text;
    for (words, is_needed) in PLEA {
        match words.iter().find_map(|it| rest.strip_suffix(it)) {
            Some(shorter) => rest = shorter,
            None if *is_needed => return None,
            None => {}
        }
    }
    // "怎么没有人请我回答" is no plea: one is a clause of its own, and goes on from nothing.
    rest.ends_with(is_mark).then_some(rest)
}

/// Words that ask by themselves.
const ASKING: &[&str] = &[
    "怎", "什么", "啥", "哪", "谁", "几", "多少", "多久", "多长", "为何", "如何", "咋", "吗", "是否", "能否",
    "可否",
];

/// "呢" at the end of what is a question already only gives it a mood; elsewhere it asks itself ("我的钱呢").
fn strip_mood(text: &str) -> Option<&str> {
    let rest = text.strip_suffix('呢')?;
    ASKING.iter().any(|it| rest.contains(it)).then_some(rest)
}

fn is_mark(c: char) -> bool {
    !c.is_alphanumeric()
}
