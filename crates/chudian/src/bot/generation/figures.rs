//! The figures of a text: numbers with their units, dates and times as wholes, telephone numbers. Pure.
//!
//! A generated answer may hold no figure that its sources do not hold, however it is written: "三天", "3天" and "３ 天"
//! are one figure, "11月22日" is one and not two.

/// A number, or several that belong together as in a date: each as value and unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Figure {
    parts: Vec<(String, String)>,
    /// As it was written.
    pub(super) written: String,
}

/// Units, longest first where one begins another.
const UNITS: &[&str] = &[
    "个工作日",
    "工作日",
    "个小时",
    "小时",
    "分钟",
    "个月",
    "月份",
    "公里",
    "千米",
    "周年",
    "年",
    "月",
    "日",
    "号",
    "天",
    "周",
    "点",
    "时",
    "分",
    "秒",
    "元",
    "块",
    "角",
    "折",
    "倍",
    "度",
    "岁",
    "次",
    "条",
    "件",
    "张",
    "份",
    "名",
    "位",
    "人",
    "米",
    "%",
    "兆",
    "楼",
    "层",
    "级",
    "笔",
    "期",
    "批",
    "户",
    "台",
    "部",
    "种",
    "个",
    "步",
    "项",
];

/// Units that a further number may follow in one date or time.
const CHAINING: &[&str] = &["年", "月", "日", "点", "分"];

/// Units that mean the same.
fn common(unit: &str) -> &str {
    match unit {
        "号" => "日",
        "块" => "元",
        "个工作日" => "工作日",
        "个小时" => "小时",
        "月份" => "月",
        "时" => "点",
        "人" | "位" => "名",
        other => other,
    }
}

/// The figures of a folded text, in order.
pub(super) fn figures(folded: &str) -> Vec<Figure> {
    let chars: Vec<char> = folded.chars().collect();
    let mut all: Vec<Figure> = Vec::new();
    let (mut at, mut chains) = (0, false);
    while at < chars.len() {
        let Some((value, after)) = number(&chars, at) else {
            chains = false;
            at += 1;
            continue;
        };
        let unit = unit(&chars, after);
        let end = after + unit.chars().count();
        let written: String = chars[at..end].iter().collect();
        let part = (value, common(unit).to_owned());
        match all.last_mut().filter(|_| chains) {
            Some(last) => {
                last.parts.push(part);
                last.written.push_str(&written);
            }
            None => all.push(Figure { parts: vec![part], written }),
        }
        chains = CHAINING.contains(&common(unit));
        at = end;
    }
    all
}

impl Figure {
    /// Whether a source holds it: all its parts side by side, each with its unit. A bare number may have any unit there.
    pub(super) fn is_in(&self, source: &[Figure]) -> bool {
        let same = |mine: &(String, String), theirs: &(String, String)| {
            mine.0 == theirs.0 && (mine.1.is_empty() || mine.1 == theirs.1)
        };
        source.iter().any(|it| {
            it.parts
                .windows(self.parts.len())
                .any(|part| self.parts.iter().zip(part).all(|(mine, theirs)| same(mine, theirs)))
        })
    }
}

fn unit(chars: &[char], at: usize) -> &'static str {
    let rest = &chars[at.min(chars.len())..];
    let fits = |unit: &&&'static str| {
        unit.chars().count() <= rest.len() && unit.chars().zip(rest).all(|(one, other)| one == *other)
    };
    UNITS.iter().find(fits).copied().unwrap_or_default()
}

/// The number that begins here, in one spelling, and where it ends.
fn number(chars: &[char], at: usize) -> Option<(String, usize)> {
    // A digit within a word of Latin letters ("5g", "b2") belongs to the word.
    if chars[at].is_ascii_digit() {
        return digits(chars, at);
    }
    chinese(chars, at)
}

fn digits(chars: &[char], start: usize) -> Option<(String, usize)> {
    let end = plain_end(chars, start);
    let is_letter = |it: Option<&char>| it.is_some_and(char::is_ascii_alphabetic);
    if is_letter(chars.get(end)) || start > 0 && is_letter(chars.get(start - 1)) {
        return None;
    }
    if let Some(found) = phone(chars, start) {
        return Some(found);
    }
    let written: String = chars[start..end].iter().collect();
    let (many, after) = times(chars, end);
    if many == 1 {
        return Some((plain(&written), end));
    }
    Some((scaled(&written, many).unwrap_or_else(|| format!("{written}*{many}")), after))
}

/// Where digits end, with thousands' commas, points and colons between them.
fn plain_end(chars: &[char], start: usize) -> usize {
    let is_digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let mut end = start;
    loop {
        end += match chars.get(end) {
            Some(it) if it.is_ascii_digit() => 1,
            Some('.' | ':') if end > start && is_digit(end + 1) => 1,
            Some(',') if end > start && (1..=3).all(|it| is_digit(end + it)) && !is_digit(end + 4) => 1,
            _ => return end,
        };
    }
}

/// A telephone number or date with hyphens, without them.
fn phone(chars: &[char], start: usize) -> Option<(String, usize)> {
    let run = chars[start..].iter().take_while(|it| it.is_ascii_digit() || **it == '-');
    let written: String = run.collect();
    let written = written.trim_end_matches('-');
    let groups: Vec<&str> = written.split('-').collect();
    let digits = groups.concat();
    let is_one = groups.len() > 2
        || groups.iter().any(|it| it.len() >= 7)
        || ["0", "400", "800"].iter().any(|it| digits.starts_with(it));
    (groups.len() > 1 && digits.len() >= 7 && is_one).then(|| (digits, start + written.chars().count()))
}

/// "万" and the like after digits.
fn times(chars: &[char], at: usize) -> (i64, usize) {
    let (mut many, mut at) = (1_i64, at);
    while let Some(zeros) = chars.get(at).and_then(|it| power(*it)) {
        many = many.saturating_mul(zeros);
        at += 1;
    }
    (many, at)
}

fn power(it: char) -> Option<i64> {
    Some(match it {
        '十' => 10,
        '百' => 100,
        '千' => 1_000,
        '万' => 10_000,
        '亿' => 100_000_000,
        _ => return None,
    })
}

/// Without thousands' commas, leading zeros, and zeros behind a point. Of a time only the hour loses its zero.
fn plain(written: &str) -> String {
    let (first, rest) = written.split_at(written.find(':').unwrap_or(written.len()));
    let mut part = first.replace(',', "");
    if part.matches('.').count() == 1 {
        part = part.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    let short = part.trim_start_matches('0');
    let zero = if short.is_empty() || short.starts_with('.') { "0" } else { "" };
    format!("{zero}{short}{rest}")
}

/// A decimal number times a whole one, exactly.
fn scaled(written: &str, many: i64) -> Option<String> {
    let plain = plain(written);
    let (whole, parts) = plain.split_once('.').unwrap_or((plain.as_str(), ""));
    let places = u32::try_from(parts.len()).ok().filter(|it| *it <= 6)?;
    let all: i128 = format!("{whole}{parts}").parse().ok()?;
    let all = all.checked_mul(i128::from(many))?;
    let unit = 10_i128.pow(places);
    let text = match places {
        0 => all.to_string(),
        _ => format!("{}.{:0width$}", all / unit, all % unit, width = parts.len()),
    };
    Some(self::plain(&text))
}

/// A number in Chinese signs. Only one that a unit follows is one: "一般" and "万一" count nothing, and "一个" hardly.
fn chinese(chars: &[char], start: usize) -> Option<(String, usize)> {
    let is_percent = chars[start..].starts_with(&['百', '分', '之']);
    let start_of_signs = if is_percent { start + 3 } else { start };
    let signs: Vec<char> = chars[start_of_signs..]
        .iter()
        .copied()
        .take_while(|it| sign(*it).is_some() || power(*it).is_some())
        .collect();
    let end = start_of_signs + signs.len();
    if signs.is_empty() {
        return None;
    }
    let value = value_of(&signs)?;
    if is_percent {
        return Some((format!("{value}%"), end));
    }
    let unit = unit(chars, end);
    let hardly = value == "1"
        && !matches!(
            unit,
            "年" | "月" | "日" | "天" | "周" | "元" | "小时" | "个小时" | "个月" | "折" | "倍"
        );
    let is_adverb = signs == ['十'] && unit == "分";
    (!unit.is_empty() && !hardly && !is_adverb).then_some((value, end))
}

fn sign(it: char) -> Option<i64> {
    Some(match it {
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        '半' => -1,
        _ => return None,
    })
}

/// What Chinese number signs are worth: "二十四" 24, "一万二千" 12000, "二〇二六" 2026, "半" 0.5.
fn value_of(signs: &[char]) -> Option<String> {
    if signs == ['半'] {
        return Some("0.5".to_owned());
    }
    if signs.contains(&'半') {
        return None;
    }
    if signs.iter().all(|it| power(*it).is_none()) {
        let digits: String = signs.iter().filter_map(|it| sign(*it)).map(|it| it.to_string()).collect();
        return Some(plain(&digits));
    }
    let (mut all, mut part, mut digit) = (0_i64, 0_i64, None);
    for it in signs {
        match (sign(*it), power(*it)) {
            (Some(value), _) => digit = Some(value),
            (None, Some(power @ ..10_000)) => {
                part = part.checked_add(digit.take().unwrap_or(1).checked_mul(power)?)?
            }
            (None, Some(power)) => {
                part = part.checked_add(digit.take().unwrap_or(0))?;
                all = all.checked_add(part.max(1).checked_mul(power)?)?;
                part = 0;
            }
            (None, None) => return None,
        }
    }
    Some(all.checked_add(part)?.checked_add(digit.unwrap_or(0))?.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use retrieval::normalise::fold;

    use super::*;

    fn read(text: &str) -> String {
        let parts =
            |it: &Figure| it.parts.iter().map(|(value, unit)| format!("{value}{unit}")).collect::<String>();
        figures(&fold(text)).iter().map(parts).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_figure_has_one_spelling() {
        for (text, expected) in [
            ("三个工作日，3 个工作日，３个工作日", "3工作日 3 3工作日"),
            ("1,000.50元和1000.5块", "1000.5元 1000.5元"),
            ("1.5万元、15000元、一万五千元", "15000元 15000元 15000元"),
            ("2026年11月22日9点30分", "2026年11月22日9点30分"),
            ("二〇二六年十一月二十二日", "2026年11月22日"),
            ("11月22号，11月22日", "11月22日 11月22日"),
            ("9:00-18:00，09:00到18:00", "9:00 18:00 9:00 18:00"),
            ("3-5天，1000-5000元，2026-11-22", "3 5天 1000 5000元 20261122"),
            ("400-800-1234", "4008001234"),
            ("拨打010-6277-0000或95588", "01062770000 95588"),
            ("百分之五，5%", "5% 5%"),
            ("半年，半小时", "0.5年 0.5小时"),
            ("一般来说十分方便，万一不行，千万别急", ""),
            ("一个手机号，两张卡，一年", "2张 1年"),
            ("二十四小时，两百元，一百零五天，十天", "24小时 200元 105天 10天"),
            ("5g套餐b2b", ""),
            ("007", "7"),
            ("0.50元", "0.5元"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_figure_is_held_or_not() {
        let source = figures(&fold("活动从11月1日到12月22日，每月100元，3个工作日到账，热线10010。"));
        for (text, expected) in [
            ("11月1日", true),
            ("12月22日", true),
            ("11月22日", false),
            ("100块", true),
            ("100天", false),
            ("三个工作日", true),
            ("3天", false),
            ("10010", true),
            ("10011", false),
            ("每月99元", false),
            ("1日", true),
        ] {
            let all = figures(&fold(text));
            assert_eq!(all.iter().all(|it| it.is_in(&source)), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[0-9一二十百万亿半年月日元:,.a%之分-]{0,40}") {
            let found = figures(&text);
            prop_assert!(found.iter().all(|it| it.is_in(&found)));
        }
    }
}
