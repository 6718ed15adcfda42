//! One sentence, one spelling: what two people type for the same question becomes equal.
//!
//! Three levels, each built on the one before:
//! - [`fold`]: width and compatibility forms (NFKC), lower case, simplified characters (and, in a text written in
//!   traditional ones, the mainland's words for Taiwan's), no emoji.
//!   Punctuation stays; patterns of editors run on this level.
//! - [`plain`]: letters, characters and digits only. Keyword rules run on this level.
//! - [`question`]: greetings and thanks taken off, if a sentence remains. The index runs on this level.
//!
//! Each level is idempotent.

mod politeness;
mod regional;

use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use unicode_normalization::UnicodeNormalization;

/// Width, case, script variant and emoji made equal; punctuation kept.
#[must_use]
pub fn fold(text: &str) -> String {
    settle(fold_once(text), fold_once)
}

fn fold_once(text: &str) -> String {
    let mut folded: String = text.nfkc().flat_map(char::to_lowercase).filter(|c| !is_ornament(*c)).collect();
    if has_traditional(&folded) {
        folded = regional::to_mainland(&to_simplified(&folded));
    }
    while let Some(shorter) = without_emoticon(&folded) {
        folded = shorter;
    }
    folded
}

/// Only letters, characters and digits of [`fold`]. One space is left between two runs of Latin
/// letters or digits that were apart, since "5 100" is not "5100".
#[must_use]
pub fn plain(text: &str) -> String {
    settle(strip_marks(&fold(text)), |text| strip_marks(&fold(text)))
}

/// Repeats a step until nothing changes. Where marks between them fall away, two characters of some scripts become
/// one; Chinese and Latin ones never do, so that ordinary text is looked at once.
fn settle(mut text: String, step: impl Fn(&str) -> String) -> String {
    const MOST_STEPS: usize = 8;
    let is_chinese = |c: char| matches!(c as u32, 0x3000..=0x303f | FIRST_IDEOGRAPH..=LAST_IDEOGRAPH);
    let is_plain = |c: char| c.is_ascii() || is_chinese(c);
    for _ in 0..MOST_STEPS {
        if text.chars().all(is_plain) {
            break;
        }
        let next = step(&text);
        if next == text {
            break;
        }
        text = next;
    }
    text
}

/// [`plain`] without the politeness around the question, as long as three characters remain.
#[must_use]
pub fn question(text: &str) -> String {
    settle(without_politeness(&fold(text)), |text| without_politeness(&fold(text)))
}

fn without_politeness(folded: &str) -> String {
    let mut result = strip_marks(politeness::strip(folded));
    loop {
        let shorter = strip_marks(politeness::strip(&result));
        if shorter.len() == result.len() {
            return result;
        }
        result = shorter;
    }
}

fn strip_marks(folded: &str) -> String {
    let mut result = String::with_capacity(folded.len());
    let mut gap = false;
    for c in folded.chars() {
        if !c.is_alphanumeric() {
            gap = true;
            continue;
        }
        if gap && is_latin(c) && result.chars().next_back().is_some_and(is_latin) {
            result.push(' ');
        }
        gap = false;
        result.push(c);
    }
    result
}

/// A letter or digit that joins its neighbours into a run, as in "5g" or "app".
pub(crate) fn is_latin(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

/// Emoji, their modifiers and invisible characters: they say how, not what.
fn is_ornament(c: char) -> bool {
    matches!(c as u32,
        0x00ad | 0x034f | 0x061c | 0x180e | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfeff
        | 0x20e3 | 0x2600..=0x27bf | 0x2b00..=0x2bff | 0xfe00..=0xfe0f
        | 0x1_f000..=0x1_faff | 0xe_0000..=0xe_01ef)
}

/// The names WeChat writes for its own pictures when a message is passed on as text: `[捂脸]`.
const EMOTICONS: &str = "微笑 撇嘴 色 发呆 得意 流泪 害羞 闭嘴 睡 大哭 尴尬 发怒 调皮 呲牙 惊讶 难过 囧 抓狂 吐 偷笑 愉快 白眼 \
傲慢 困 惊恐 憨笑 悠闲 咒骂 疑问 嘘 晕 衰 骷髅 敲打 再见 擦汗 抠鼻 鼓掌 坏笑 右哼哼 左哼哼 哈欠 鄙视 委屈 快哭了 阴险 亲亲 可怜 \
笑脸 生病 脸红 破涕为笑 恐惧 失望 无语 嘿哈 捂脸 奸笑 机智 皱眉 耶 吃瓜 加油 汗 天啊 emm 社会社会 旺柴 好的 打脸 哇 翻白眼 666 \
让我看看 叹气 苦涩 裂开 嘴唇 爱心 心碎 拥抱 强 弱 握手 胜利 抱拳 勾引 拳头 ok 合十 啤酒 咖啡 蛋糕 玫瑰 凋谢 菜刀 炸弹 便便 月亮 \
太阳 庆祝 礼物 红包 发 福 烟花 爆竹 猪头 跳跳 发抖 转圈 吓 赞 比心 笑哭 大笑 酷 哭 怒 泪 心 鲜花 表情 动画表情 图片";

fn without_emoticon(folded: &str) -> Option<String> {
    let mut from = 0;
    while let Some(open) = folded[from..].find('[').map(|at| at + from) {
        let inner = &folded[open + 1..];
        let close = inner.find(']')?;
        let name = &inner[..close];
        if EMOTICONS.split(' ').any(|known| known == name) {
            return Some([&folded[..open], &inner[close + 1..]].concat());
        }
        from = open + 1;
    }
    None
}

/// Characters only: the tables of regional wording would turn 查詢 into 查找 and miss a keyword 查询.
static SIMPLIFIER: LazyLock<Option<OpenCC>> = LazyLock::new(|| OpenCC::from_config(BuiltinConfig::T2s).ok());

const FIRST_IDEOGRAPH: u32 = 0x4e00;
const LAST_IDEOGRAPH: u32 = 0x9fff;

/// One bit for each ideograph of the main block: is it only used in traditional writing?
/// The converter is asked once for each, so that a simplified sentence never meets it.
static TRADITIONAL: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let mut bits = vec![0_u64; (LAST_IDEOGRAPH - FIRST_IDEOGRAPH) as usize / 64 + 1];
    let Some(simplifier) = SIMPLIFIER.as_ref() else { return bits };
    let all: String =
        (FIRST_IDEOGRAPH..=LAST_IDEOGRAPH).filter_map(char::from_u32).flat_map(|c| [c, '\n']).collect();
    let converted = simplifier.convert(&all);
    for (before, after) in all.split('\n').zip(converted.split('\n')) {
        if let (true, Some(c)) = (before != after, before.chars().next()) {
            let at = (c as u32 - FIRST_IDEOGRAPH) as usize;
            bits[at / 64] |= 1 << (at % 64);
        }
    }
    bits
});

fn has_traditional(text: &str) -> bool {
    text.chars().any(|c| {
        let code = c as u32;
        (FIRST_IDEOGRAPH..=LAST_IDEOGRAPH).contains(&code) && {
            let at = (code - FIRST_IDEOGRAPH) as usize;
            TRADITIONAL[at / 64] >> (at % 64) & 1 == 1
        }
    })
}

fn to_simplified(text: &str) -> String {
    SIMPLIFIER.as_ref().map_or_else(|| text.to_owned(), |it| it.convert(text))
}

/// Loads the script tables now, so that the first customer does not wait for them.
pub fn warm_up() {
    LazyLock::force(&TRADITIONAL);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_question_become_equal() {
        let check = |input: &str, expected: &str| assert_eq!(question(input), expected, "{input}");
        check("話費怎麼查詢？", "话费怎么查询");
        check("網絡怎么用不了", "网络怎么用不了");
        check("怎么查话费", "怎么查话费");
        check("ＱＱ会员怎么退", "qq会员怎么退");
        check("你好，请问话费怎么查呀？谢谢啦！~~", "话费怎么查");
        check("？？？亲，话费怎么查[捂脸]🙏🙏", "话费怎么查");
        check("亲属卡怎么办", "亲属卡怎么办");
        check("你好", "你好");
        check("谢谢", "谢谢");
        check("hi, how are you", "how are you");
        check("hive怎么用", "hive怎么用");
        check("宽带 5 100", "宽带5 100");
        check("[发票]怎么开", "发票怎么开");
        check("我很急", "我很急");
        check("老师您好，麻烦问下话费怎么查呢，麻烦您尽快回复一下，谢谢亲", "话费怎么查");
        check("话费怎么查，盼回复", "话费怎么查");
        check("话费怎么查，请回复一下我！急", "话费怎么查");
        check("急急急！请教一下哈，话费怎么查", "话费怎么查");
        check("急诊可以报销吗", "急诊可以报销吗");
        check("哈密瓜怎么卖", "哈密瓜怎么卖");
        check("商家没有及时回复", "商家没有及时回复");
        check("怎么等不到你们回复", "怎么等不到你们回复");
        check("我的钱呢", "我的钱呢");
        check("钱去哪里了呢", "钱去哪里了");
        check("取消簡訊通知", "取消短信通知");
        check("取消简讯通知", "取消简讯通知");
        check("手機螢幕壞了，怎麼檢視訂單", "手机屏幕坏了怎么查看订单");
        check("", "");
        check("😀", "");
    }

    #[test]
    fn folding_keeps_punctuation_for_patterns() {
        assert_eq!(fold("費用：１２.５元！"), "费用:12.5元!");
        assert_eq!(plain("費用：１２.５元！"), "费用12 5元");
    }

    proptest! {
        #[test]
        fn every_level_is_idempotent(text in "[你好亲请问謝谢乾坤後话費查急呀a-cＡ1１ \\[\\]捂脸，。!？İ😀-]{0,24}") {
            for level in [fold, plain, question] {
                let once = level(&text);
                prop_assert_eq!(level(&once), once);
            }
        }

        #[test]
        fn every_level_is_idempotent_for_any_text(text in "\\PC{0,24}") {
            for level in [fold, plain, question] {
                let once = level(&text);
                prop_assert_eq!(level(&once), once);
            }
        }

        #[test]
        fn any_text_is_accepted(text in "\\PC{0,64}") {
            let _ = question(&text);
        }
    }
}
