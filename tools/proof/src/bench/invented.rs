//! An invented base of fifty thousand entries and questions about it that nobody asked before.
//!
//! A town, an appliance and a trouble make an entry; the three lists are our own. A question names
//! the three in other words around them, so it equals no wording of the base and holds none of the
//! bench's keywords: only the base can answer it. Every entry has hundreds of near neighbours, which
//! is harder than a base that people wrote.

use std::fmt::Write as _;
use std::sync::Arc;

const TOWNS: [&str; 50] = [
    "云溪",
    "石桥",
    "柳湾",
    "青坪",
    "白塔",
    "松岗",
    "梅岭",
    "竹园",
    "枫桥",
    "桂林坡",
    "杏花",
    "梨园",
    "桃溪",
    "莲湖",
    "荷塘",
    "鹤山",
    "雁滩",
    "鹿角",
    "马鞍",
    "牛首",
    "龙泉",
    "凤台",
    "虎丘",
    "金沙",
    "银杏",
    "铜鼓",
    "铁岭",
    "玉泉",
    "珠江口",
    "宝塔",
    "东渡",
    "西陵",
    "南屏",
    "北固",
    "上河",
    "下沙",
    "前门楼",
    "后海",
    "左岸",
    "右营",
    "大营",
    "小石",
    "长乐",
    "永和",
    "安定",
    "平遥口",
    "顺义桥",
    "和平里",
    "新港",
    "老城",
];

const THINGS: [&str; 40] = [
    "热水器",
    "壁挂炉",
    "净水器",
    "水泵",
    "水箱",
    "浴缸",
    "马桶",
    "洗脸池",
    "花洒",
    "淋浴房",
    "洗碗机",
    "洗衣机",
    "地暖",
    "暖气片",
    "阀门",
    "角阀",
    "软管",
    "三通",
    "弯头",
    "滤芯",
    "增压泵",
    "回水管",
    "排水沟",
    "地漏",
    "下水道",
    "化粪池",
    "消防栓",
    "喷淋头",
    "喷泉",
    "鱼缸",
    "太阳能板",
    "循环泵",
    "分水器",
    "混水阀",
    "恒温阀",
    "压力罐",
    "软水机",
    "直饮机",
    "雨水管",
    "检修井",
];

/// What is the matter with it.
const TROUBLES: [&str; 25] = [
    "异响怎么处理",
    "生锈怎么清理",
    "渗漏怎么检测",
    "冻裂后怎么更换",
    "堵塞怎么疏通",
    "结垢怎么除垢",
    "有异味是什么原因",
    "怎样预约年检",
    "保修期有多长",
    "旧件回收去哪里",
    "安装位置有什么要求",
    "说明书丢了怎么补",
    "配件在哪里购买",
    "清洗多久做一次",
    "漏电应该找谁",
    "耗电太多如何节能",
    "温度忽冷忽热怎么调",
    "报警灯闪烁代表什么",
    "出租房损坏谁负责",
    "可以改装成智能的吗",
    "噪声扰民怎样隔音",
    "移机需要什么材料",
    "长期不用如何保养",
    "质量检测报告怎么索取",
    "老旧型号能否以旧换新",
];

/// What people put before the town, behind it, behind the thing and at the end.
const WORDINGS: [[&str; 4]; 6] = [
    ["请问", "的", "", "呢"],
    ["", "这边", "", "呀"],
    ["你好，", "的", "，", "，谢谢"],
    ["我想问下", "", "", ""],
    ["麻烦问一下，", "那里的", "", "？"],
    ["在", "，", "", "，知道吗"],
];

/// Entries in all.
pub(super) const ENTRIES: usize = TOWNS.len() * THINGS.len() * TROUBLES.len();
/// Questions that differ from each other.
#[cfg(test)]
const QUESTIONS: usize = ENTRIES * WORDINGS.len();

fn parts(entry: usize) -> (&'static str, &'static str, &'static str) {
    let (town, rest) = (entry % TOWNS.len(), entry / TOWNS.len());
    (TOWNS[town], THINGS[rest % THINGS.len()], TROUBLES[rest / THINGS.len() % TROUBLES.len()])
}

fn answer(entry: usize) -> String {
    format!("编号{entry:05}：请在“办事指南”里按编号查看步骤，或留下地址由当地站点联系您。")
}

/// The base, as the console's importer takes it.
pub(super) fn base() -> String {
    let mut csv = String::from("question,similar,answer,category\n");
    for entry in 0..ENTRIES {
        let (town, thing, trouble) = parts(entry);
        // Writing into a text cannot fail.
        writeln!(csv, "{town}的{thing}{trouble},,{},", answer(entry)).unwrap_or_default();
    }
    csv
}

/// The question of a number below six times the entries, and the answer of its entry. Neighbouring numbers ask
/// about entries far from each other.
pub(super) fn question(number: usize) -> (String, Arc<str>) {
    // 20,011 has no divisor in common with the number of entries: each comes once before any twice.
    let entry = number.wrapping_mul(20_011) % ENTRIES;
    let (town, thing, trouble) = parts(entry);
    // Neighbouring numbers are worded differently, too.
    let [first, second, third, fourth] = WORDINGS[(number % ENTRIES + number / ENTRIES) % WORDINGS.len()];
    (format!("{first}{town}{second}{thing}{third}{trouble}{fourth}"), answer(entry).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_question_comes_twice_stands_in_the_base_or_holds_a_keyword() {
        let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bench/rules.json");
        let rules: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(rules).unwrap()).unwrap();
        let keywords: Vec<&String> = rules["keywords"].as_object().unwrap().keys().collect();
        let base = base();
        let known: HashSet<&str> = base.lines().filter_map(|it| it.split(',').next()).collect();
        assert_eq!((ENTRIES, known.len()), (50_000, 50_001));
        let asked: HashSet<String> = (0..QUESTIONS).map(|it| question(it).0).collect();
        assert_eq!(asked.len(), QUESTIONS);
        for text in asked.iter().chain(base.lines().map(str::to_owned).collect::<Vec<_>>().iter()).step_by(7)
        {
            assert!(!keywords.iter().any(|it| text.contains(it.as_str())), "{text} holds a keyword");
        }
        assert!(asked.iter().all(|it| !known.contains(it.as_str())));
    }
}
