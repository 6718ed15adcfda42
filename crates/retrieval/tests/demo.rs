//! The demo companies' content (`demo/`) as customers meet it: whole sentences that stand in no base
//! find the right entry, and no keyword rule snatches a question that the base should answer.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::path::Path;

use retrieval::keyword::{self, Keywords, Mode, Rule};
use retrieval::{Band, Entry, Index, Thresholds};
use serde_json::Value;

const COMPANIES: [&str; 3] = ["xingdu", "qichuan", "nuanting"];

struct Company {
    questions: Vec<String>,
    index: Index,
    rules: Vec<Rule>,
    keywords: Keywords,
    thresholds: Thresholds,
}

fn read(company: &str, file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo").join(company).join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn texts(value: &Value) -> Vec<String> {
    serde_json::from_value(value.clone()).unwrap()
}

fn company(name: &str) -> Company {
    let base = read(name, "knowledge.json");
    let mut entries = Vec::new();
    let mut questions = Vec::new();
    for (key, entry) in base["entries"].as_array().unwrap().iter().enumerate() {
        let mut wordings = vec![entry["question"].as_str().unwrap().to_owned()];
        wordings.extend(texts(&entry["similar"]));
        questions.push(wordings[0].clone());
        entries.push(Entry { key: key as i64, wordings });
    }
    let rules: Vec<Rule> = (0..)
        .zip(read(name, "keywords.json").as_array().unwrap())
        .map(|(key, rule)| Rule {
            key,
            mode: serde_json::from_value::<Mode>(rule["match"].clone()).unwrap(),
            words: texts(&rule["words"]),
            priority: rule["priority"].as_i64().unwrap() as i32,
        })
        .collect();
    Company {
        questions,
        index: Index::build(&entries),
        keywords: Keywords::build(&rules),
        rules,
        // The companies fix none, so a base that has learnt nothing yet answers from these on.
        thresholds: Thresholds::default(),
    }
}

#[test]
fn each_company_has_enough_to_say() {
    for name in COMPANIES {
        let company = company(name);
        assert!(company.questions.len() >= 60, "{name}: {} entries", company.questions.len());
        assert!(company.rules.len() >= 30, "{name}: {} rules", company.rules.len());
        for rule in &company.rules {
            assert_eq!(keyword::check(rule.mode, &rule.words), Ok(()), "{name}: {:?}", rule.words);
        }
    }
}

#[test]
fn no_wording_stands_twice() {
    for name in COMPANIES {
        let mut seen = BTreeMap::new();
        for entry in read(name, "knowledge.json")["entries"].as_array().unwrap() {
            let question = entry["question"].as_str().unwrap().to_owned();
            for wording in texts(&entry["similar"]).into_iter().chain([question.clone()]) {
                let other = seen.insert(retrieval::normalise::question(&wording), question.clone());
                assert_eq!(other, None, "{name}: {wording} stands in {question} too");
            }
        }
    }
}

/// Each question meets no keyword rule and finds its entry first, at least in the band that is named.
#[track_caller]
fn check(name: &str, band: Band, cases: &[(&str, &str)]) {
    let company = company(name);
    let mut wrong = Vec::new();
    for (asked, expected) in cases {
        let hits = company.keywords.find(asked);
        if let Some(hit) = hits.first() {
            wrong.push(format!("{asked}: the keyword {:?} comes first", hit.words));
            continue;
        }
        let found = company.index.search(asked, 3);
        let first = found.first().map(|it| company.questions[it.entry as usize].as_str());
        let confidence = found.first().map_or(0.0, |it| it.confidence);
        if first != Some(*expected) || !reaches(company.thresholds.band(confidence), band) {
            wrong.push(format!("{asked}: {first:?} with {confidence:.2}"));
        }
    }
    assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
}

fn reaches(band: Band, least: Band) -> bool {
    band == Band::Answer || band == least
}

#[test]
fn the_telecom_operator_answers() {
    check(
        "xingdu",
        Band::Answer,
        &[
            ("我这个月话费咋这么贵", "本月话费为什么比平时高"),
            ("想知道我还剩下多少话费", "怎么查询话费余额"),
            ("不小心把话费充到别人的号码上去了", "充错号码了怎么办"),
            ("停机了交完费要多久才能恢复啊", "欠费停机了怎么开机"),
            ("我想换一个便宜点的套餐", "怎么换套餐"),
            ("流量没用完下个月还能接着用吗", "当月没用完的流量能留到下个月吗"),
            ("家里宽带突然上不了网", "宽带上不了网怎么办"),
            ("下周搬家，宽带怎么弄", "搬家宽带怎么移机"),
            ("为什么扣了我一个增值业务的钱，我要退订", "怎么退订增值业务"),
        ],
    );
}

#[test]
fn the_bank_answers() {
    check(
        "qichuan",
        Band::Answer,
        &[
            ("上个月忘记还款了怎么办啊", "逾期了怎么办"),
            ("账单可以分期还吗，怎么办理", "账单分期怎么办理"),
            ("我的申请批下来没有啊", "申请进度怎么查"),
            ("出国刷卡要注意些什么", "出国刷卡要注意什么"),
            ("用信用卡去取款机上取现要多少手续费", "取现手续费是多少"),
            ("交易密码输错被锁住了", "交易密码忘了怎么办"),
        ],
    );
}

#[test]
fn the_gas_company_answers() {
    check(
        "nuanting",
        Band::Answer,
        &[
            ("燃气费这个月怎么突然高了这么多", "为什么气费突然变多"),
            ("新房子要开通天然气需要什么材料", "新房怎么开通燃气"),
            ("燃气表屏幕黑了不显示", "燃气表没电了怎么换电池"),
            ("把卡插进去没有反应怎么办", "插卡不通气怎么办"),
            ("二手房燃气怎么过户到我名下", "燃气过户怎么办"),
            ("胶管用了几年了要不要换", "燃气胶管多久换一次"),
            ("现在一方燃气多少钱", "气费怎么算的"),
            ("热水器不出热水能不能上门修", "热水器能上门修吗"),
        ],
    );
}

#[test]
fn what_is_said_quite_differently_is_at_least_offered_first() {
    check(
        "xingdu",
        Band::Suggest,
        &[
            ("去日本旅游手机流量一天多少钱", "国外上网怎么收费"),
            ("服务密码想不起来了", "服务密码忘了怎么办"),
            ("老是有推销电话打进来烦死了", "怎么拦截骚扰电话"),
        ],
    );
    check(
        "qichuan",
        Band::Suggest,
        &[("我想把额度提高一点", "怎么提高额度"), ("年费多少钱一年", "年费是多少，怎么免")],
    );
}

#[test]
fn what_no_company_knows_is_not_answered() {
    for name in COMPANIES {
        let company = company(name);
        for asked in ["股票什么时候涨", "附近有什么好吃的火锅", "讲个笑话给我听", "世界杯冠军是谁"]
        {
            let confidence = company.index.search(asked, 1).first().map_or(0.0, |it| it.confidence);
            assert_ne!(company.thresholds.band(confidence), Band::Answer, "{name}: {asked} {confidence}");
        }
    }
}

#[test]
fn a_single_word_is_a_keyword() {
    for (name, word) in [("xingdu", "话费"), ("qichuan", "分期"), ("nuanting", "气价")] {
        let hits = company(name).keywords.find(word);
        assert!(hits.first().is_some_and(|it| it.is_exact), "{name}: {word} {hits:?}");
    }
}
