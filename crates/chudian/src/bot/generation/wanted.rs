//! Whether a generated answer is wanted in the place of what was decided. Pure.

use retrieval::Candidate;

use crate::base::id::{EntryId, Id};
use crate::base::time::Time;
use crate::bot::catalogue::Catalogue;
use crate::bot::look_up::Findings;
use crate::bot::model::{Decision, Effect, Holder, Input, Open};
use crate::knowledge::particulars::Place;

use super::model::{Otherwise, Wanted};
use super::prompt::Source;

/// So many entries go along at most.
const MOST_ENTRIES: usize = 5;
/// An entry that is less likely than this to answer is no ground to build on.
const LEAST: f32 = 0.03;
/// A shorter question is not one.
const SHORTEST: usize = 4;

/// The entries that an answer to this message may draw on, nearest first; none for what is no question.
#[must_use]
pub fn grounds(catalogue: &Catalogue, findings: &Findings, now: Time) -> Vec<EntryId> {
    if findings.length < SHORTEST {
        return Vec::new();
    }
    let near = |it: &&Candidate| it.confidence >= LEAST && catalogue.knowledge.get(it.entry, now).is_some();
    findings
        .candidates()
        .iter()
        .filter(near)
        .take(MOST_ENTRIES)
        .map(|it| EntryId::from_raw(it.entry))
        .collect()
}

/// What entries say at a place now, in their order. One that is gone or says nothing in words is left out.
#[must_use]
pub fn sources(catalogue: &Catalogue, entries: &[EntryId], place: Place<'_>, now: Time) -> Vec<Source> {
    let known = entries.iter().filter_map(|it| catalogue.knowledge.get(it.raw(), now));
    known.filter_map(|it| Source::of(it, place)).collect()
}

/// The decision with what it says put off, where no written answer was sure and entries lie near. Whatever else was
/// decided stays as it is.
#[must_use]
pub fn put_off(
    mut decision: Decision,
    input: &Input<'_>,
    catalogue: &Catalogue,
    findings: &Findings,
    now: Time,
) -> Decision {
    let code = decision.reasons.last().map_or("", |it| it.code.as_str());
    let is_unsure = matches!(code, "fallback.text" | "knowledge.suggest");
    let only_says = decision.effects.iter().all(|it| matches!(it, Effect::Say(_)));
    if !is_unsure || !only_says || input.holder != Holder::Bot || input.content.words().is_none() {
        return decision;
    }
    let entries = grounds(catalogue, findings, now);
    if entries.is_empty() {
        return decision;
    }
    let contents = decision.replies();
    let open = decision.next_state.open.take_if(|it| matches!(it, Open::Choice { .. }));
    let otherwise = Otherwise { contents, open, reasons: decision.reasons.clone() };
    if let Some(pace) = decision.next_state.pace.as_mut() {
        // The loop guard counts an answer, although none was said yet.
        pace.answers += u32::from(decision.effects.is_empty());
    }
    decision.effects = vec![Effect::Generate(Box::new(Wanted { entries, otherwise }))];
    decision
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::content::Content;
    use crate::base::id::InboxId;
    use crate::bot::catalogue::{Knowledge, Menus, Rules};
    use crate::bot::decide::decide;
    use crate::bot::look_up::look_up;
    use crate::bot::model::{BotState, Known};
    use crate::bot::settings::BotSettings;
    use crate::knowledge::model::{AnswerMode, Validity};

    const NOW: Time = Time(1_795_226_400_000);

    fn catalogue() -> Catalogue {
        let known = |key: i64, question: &str, valid_until: Option<Time>| {
            let known = Known {
                id: EntryId(key),
                question: question.into(),
                answers: vec![Content::text("答案")],
                answer_mode: AnswerMode::InOrder,
                validity: Validity { until: valid_until, ..Validity::default() },
                channel_answers: Vec::new(),
                related: Vec::new(),
                is_shared: false,
                origin: None,
            };
            (known, Vec::new())
        };
        let knowledge = Knowledge::build(vec![
            known(1, "宽带断网了怎么办", None),
            known(2, "宽带怎么办理", None),
            known(3, "宽带怎么移机", Some(Time(1))),
            known(4, "怎么开电子发票", None),
        ]);
        let settings = BotSettings { fallback: vec![Content::text("没听懂")], ..BotSettings::default() };
        Catalogue::new(
            "Asia/Shanghai".into(),
            settings.into(),
            Rules::default().into(),
            Menus::default().into(),
            knowledge.into(),
        )
    }

    fn outcome(text: &str, holder: Holder) -> (Decision, Decision) {
        let (catalogue, content) = (catalogue(), Content::text(text));
        let findings = look_up(&catalogue, &content, NOW);
        let place = Place { inbox: InboxId(1), channel: "wechat" };
        let input = Input { content: &content, place, holder, pick: 0 };
        let usual = decide(&BotState::default(), &input, &catalogue, &findings, NOW);
        (put_off(usual.clone(), &input, &catalogue, &findings, NOW), usual)
    }

    #[test]
    fn a_written_answer_wins() {
        for text in ["宽带断网了怎么办", "怎么开电子发票", "转人工", "好的", "？？", "今天天气真好啊"]
        {
            let (decision, usual) = outcome(text, Holder::Bot);
            assert_eq!(decision, usual, "{text}");
        }
        for holder in [Holder::Queue, Holder::Person] {
            let (decision, usual) = outcome("宽带办理要带什么证件", holder);
            assert_eq!(decision, usual, "{holder:?}");
        }
    }

    #[test]
    fn what_would_be_said_is_put_off() {
        let (decision, usual) = outcome("宽带办理要带什么证件", Holder::Bot);
        let [Effect::Generate(wanted)] = decision.effects.as_slice() else { panic!("{decision:?}") };
        assert_eq!(wanted.otherwise.contents, usual.replies());
        assert_eq!(wanted.otherwise.open, usual.next_state.open);
        assert_eq!(decision.next_state.open, None);
        assert_eq!(decision.reasons, usual.reasons);
        assert_eq!(wanted.entries[0], EntryId(2));
        assert!(!wanted.entries.contains(&EntryId(3)), "what does not count now is no ground");
    }
}
