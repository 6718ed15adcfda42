//! What a number of a workbook means by its format: a day, an hour, a share of a hundred. (ECMA-376 part 1, 18.8.30
//! and 18.17.4.)
//!
//! The file holds 46387 for the 31st of December 2026 and .15 for 15 %. Read as they are stored, these would stand in
//! an answer that a customer reads.

use quick_xml::events::Event;

use crate::Result;
use crate::package::attribute;
use crate::xlsx::each;

/// How a number is shown, as far as it matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Shape {
    /// As it is.
    #[default]
    Plain,
    /// A share of a hundred.
    Percent,
    /// A day.
    Day,
    /// An hour of some day.
    Hour,
    /// A day and an hour.
    Moment,
}

/// How the cells of a workbook are shown.
#[derive(Debug, Default)]
pub(crate) struct Formats {
    shapes: Vec<Shape>,
    /// Days are counted from 1904 on, as old Macintoshes did.
    pub(crate) is_1904: bool,
}

/// More formats than this names no workbook.
const MOST_FORMATS: usize = 65_536;

impl Formats {
    /// Reads the styles of a workbook.
    pub(crate) fn read(styles: &str) -> Result<Self> {
        let (mut own, mut shapes, mut is_cells) = (std::collections::HashMap::new(), Vec::new(), false);
        each(styles, |event| {
            match event {
                Event::Start(it) if it.local_name().as_ref() == "cellXfs" => is_cells = true,
                Event::End(it) if it.local_name().as_ref() == "cellXfs" => return Ok(false),
                Event::Start(it) | Event::Empty(it) if it.local_name().as_ref() == "numFmt" => {
                    if let (Some(id), Some(code)) = (attribute(it, "numFmtId"), attribute(it, "formatCode")) {
                        own.insert(id, of_code(&code));
                    }
                }
                Event::Start(it) | Event::Empty(it) if is_cells && it.local_name().as_ref() == "xf" => {
                    let id = attribute(it, "numFmtId").unwrap_or_default();
                    let known = own.get(&id).copied();
                    shapes.push(known.unwrap_or_else(|| id.parse().map_or(Shape::Plain, built_in)));
                }
                _ => {}
            }
            Ok(shapes.len() < MOST_FORMATS && own.len() < MOST_FORMATS)
        })?;
        Ok(Self { shapes, is_1904: false })
    }

    /// A number as its format shows it; none for one that is shown as it is.
    pub(crate) fn shown(&self, number: &str, style: usize) -> Option<String> {
        let shape = self.shapes.get(style).copied().unwrap_or_default();
        let value = number.parse::<f64>().ok().filter(|_| shape != Shape::Plain)?;
        if shape == Shape::Percent {
            return Some(format!("{}%", (value * 1e10).round() / 1e8));
        }
        let value = if self.is_1904 { value + 1462.0 } else { value };
        // Before March 1900 spreadsheets disagree by a day; 2958465 is the end of 9999. Hours alone lie on day 0.
        let is_hour = shape == Shape::Hour && (0.0..1.0).contains(&value);
        if !is_hour && !(61.0..2_958_466.0).contains(&value) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "less than 2,958,466 days of 86,400 seconds")]
        let seconds = (value * 86_400.0).round() as i64;
        let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let hour = match second % 60 {
            0 => format!("{:02}:{:02}", second / 3600, second / 60 % 60),
            rest => format!("{:02}:{:02}:{rest:02}", second / 3600, second / 60 % 60),
        };
        Some(match shape {
            _ if is_hour => hour,
            Shape::Day if second == 0 => date(day),
            _ => format!("{} {hour}", date(day)),
        })
    }
}

/// The formats that have a number and no text in the file. 27 to 36 and 50 to 58 are days and hours in Chinese,
/// Japanese and Korean.
fn built_in(id: u32) -> Shape {
    match id {
        9 | 10 => Shape::Percent,
        14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 => Shape::Day,
        18..=21 | 32..=35 | 45..=47 | 55 | 56 => Shape::Hour,
        22 => Shape::Moment,
        _ => Shape::Plain,
    }
}

/// By its first section: what stands in quotes, behind a backslash or in brackets is no sign of a format.
fn of_code(code: &str) -> Shape {
    let mut signs = String::new();
    let mut letters = code.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => drop(letters.by_ref().find(|it| *it == '"')),
            '[' => {
                let inside: String = letters.by_ref().take_while(|it| *it != ']').collect();
                // [h] counts hours beyond a day: a span and no moment.
                if matches!(inside.to_ascii_lowercase().as_str(), "h" | "hh" | "m" | "mm" | "s" | "ss") {
                    return Shape::Plain;
                }
            }
            '\\' | '_' | '*' => drop(letters.next()),
            ';' => break,
            letter => signs.push(letter.to_ascii_lowercase()),
        }
    }
    let has = |wanted: &[char]| signs.contains(wanted);
    match (has(&['y', 'd']), has(&['h', 's'])) {
        _ if signs == "general" => Shape::Plain,
        _ if has(&['%']) => Shape::Percent,
        (true, true) => Shape::Moment,
        (true, false) => Shape::Day,
        (false, true) => Shape::Hour,
        (false, false) if has(&['m']) => Shape::Day,
        (false, false) => Shape::Plain,
    }
}

/// The day of a serial number as `2026-12-31`. (Days to civil dates by eras of 400 years, counted from March.)
fn date(serial: i64) -> String {
    // 25569 is 1970-01-01; 719468 days lie between that and 0000-03-01.
    let days = serial - 25_569 + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_tells_what_a_number_means() {
        let check = |code: &str, expected: Shape| assert_eq!(of_code(code), expected, "{code}");
        for plain in
            ["General", "0.00", "@", "#,##0.00\\ \"days\"", "[Red]0", "0_d", "[h]:mm", "\"年\"0", "0.0E+00"]
        {
            check(plain, Shape::Plain);
        }
        for day in ["yyyy-mm-dd", "[$-804]yyyy\"年\"m\"月\"d\"日\";@", "mmm", "d/m;[Red]0%"] {
            check(day, Shape::Day);
        }
        check("h:mm AM/PM", Shape::Hour);
        check("yyyy/m/d h:mm:ss", Shape::Moment);
        check("0.00%", Shape::Percent);
        assert_eq!([9, 14, 22, 57, 20, 4].map(built_in), {
            use Shape::{Day, Hour, Moment, Percent, Plain};
            [Percent, Day, Moment, Day, Hour, Plain]
        });
    }

    #[test]
    fn numbers_are_shown_as_their_format_shows_them() {
        let shapes = vec![Shape::Plain, Shape::Percent, Shape::Day, Shape::Hour, Shape::Moment];
        let formats = Formats { shapes, is_1904: false };
        let check = |number: &str, style: usize, expected: &str| {
            assert_eq!(formats.shown(number, style).as_deref().unwrap_or("-"), expected, "{number} {style}");
        };
        check("46387", 2, "2026-12-31");
        check("46387.35416666666", 2, "2026-12-31 08:30");
        check("46387", 4, "2026-12-31 00:00");
        check("46387.999999", 4, "2027-01-01 00:00");
        check("0.354178240740741", 3, "08:30:01");
        check("46387.5", 3, "2026-12-31 12:00");
        check("61", 2, "1900-03-01");
        check("36585", 2, "2000-02-29");
        check("2958465", 2, "9999-12-31");
        check("0.15", 1, "15%");
        check("0.0725", 1, "7.25%");
        check("-0.5", 1, "-50%");
        for (number, style) in
            [("46387", 0), ("46387", 99), ("60", 2), ("-1", 2), ("1e300", 4), ("NaN", 4), ("日", 2)]
        {
            check(number, style, "-");
        }
        assert_eq!(Formats { is_1904: true, ..formats }.shown("44925", 2).unwrap(), "2026-12-31");
    }
}
