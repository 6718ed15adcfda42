//! Words of Taiwan and Hong Kong in the mainland's: "簡訊" is what "短信" is elsewhere.
//!
//! Only a text that was written in traditional characters is changed, and only words that mean nothing else: "資料" and
//! "檔案" are words of the mainland, too. Written by hand.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

/// In simplified characters: a word of the mainland and what it is called elsewhere. Words that other words often end
/// or begin with are left out ("機車" in "手機車載", "快取" in "盡快取消"), as is what means something else here ("登出" is no
/// "注销"); at the end stand the pieces that only look like such a word and stay.
const WORDS: &str = "\
短信 简讯
信息 讯息
网络 网路
宽带 宽频
软件 软体
硬件 硬体
内存 记忆体
硬盘 硬碟
光盘 光碟
程序 程式
屏幕 萤幕 荧幕
鼠标 滑鼠
打印机 印表机
打印 列印
服务器 伺服器
默认 预设
视频 影片
数据库 资料库
链接 连结 超连结
用户 使用者
支持 支援
质量 品质
分辨率 解析度
手机 行动电话 手提电话
智能 智慧型
移动支付 行动支付
移动网络 行动网路
互联网 网际网路
二维码 行动条码
优盘 随身碟
存储 储存
查看 检视
搜索 搜寻
查找 寻找
设置 设定
菜单 选单
窗口 视窗
粘贴 贴上
文件夹 资料夹
快捷方式 捷径
呼叫转移 来电转接 指定转接
充值 储值
存折 存簿
提款机 柜员机
出租车 计程车
地铁 捷运
自行车 脚踏车
快递 宅配
方便面 泡面
酸奶 优格
菠萝 凤梨
土豆 马铃薯
冰激凌 冰淇淋
空调 冷气
塑料 塑胶
幼儿园 幼稚园
数码相机 数位相机
激光 雷射
博客 部落格
水平 水准
网路由 网路由
系列印 系列印
电视窗 电视窗
选单位 选单位
电影片 电影片
假设定 假设定
";

struct Table {
    automaton: AhoCorasick,
    mainland: Vec<&'static str>,
}

static TABLE: LazyLock<Option<Table>> = LazyLock::new(|| {
    let mut elsewhere = Vec::new();
    let mut mainland = Vec::new();
    for line in WORDS.lines() {
        let mut words = line.split(' ');
        let Some(word) = words.next() else { continue };
        for it in words {
            elsewhere.push(it);
            mainland.push(word);
        }
    }
    let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(elsewhere).ok()?;
    Some(Table { automaton, mainland })
});

/// The text, in simplified characters, with the mainland's words.
pub(super) fn to_mainland(simplified: &str) -> String {
    match TABLE.as_ref() {
        Some(table) => table.automaton.replace_all(simplified, &table.mainland),
        None => simplified.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::fold;
    use super::*;

    #[test]
    fn every_word_has_one_other_word_and_that_one_stays() {
        let mut seen = HashSet::new();
        for word in WORDS.lines().flat_map(|it| it.split(' ').skip(1)) {
            assert!(seen.insert(word), "{word} twice");
            assert_eq!(fold(word), word, "written in simplified characters");
        }
        for word in WORDS.lines().filter_map(|it| it.split(' ').next()) {
            assert_eq!(to_mainland(word), word);
        }
    }

    #[test]
    fn a_word_is_not_found_across_others() {
        for text in [
            "盡快取消訂單",
            "手機車載支架",
            "辦公車輛",
            "刊登出租廣告",
            "投資訊息安全嗎",
            "無線網路由器",
            "系列印章",
            "電視窗口",
            "首選單位",
            "電影片段",
            "假設定價",
            "怎麼登出帳號",
        ] {
            let simplified = super::super::to_simplified(text);
            assert_eq!(fold(text), simplified.replace("讯息", "信息"), "{text}");
        }
    }
}
