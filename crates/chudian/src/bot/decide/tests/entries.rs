//! What comes of an entry's particulars: other questions, answers of a channel, whose it is.

use crate::knowledge::particulars::ChannelAnswers;

use super::*;

#[test]
fn an_answer_leads_to_other_questions_that_a_digit_answers() {
    let (mut first, wordings) = known(11, "宽带断网了怎么办", &["家里上不了网"], "重启光猫");
    // Itself, one that is gone, and one that is over are not offered.
    let (mut over, none) = known(15, "旧活动是什么", &[], "过期");
    over.validity.until = Some(NOW);
    first.related = [11, 12, 99, 15, 13].map(EntryId).to_vec();
    let (mut second, others) = known(12, "宽带怎么办理", &["我要装宽带"], "到营业厅");
    second.answers = vec![Content::Image { media: crate::base::id::MediaId(1) }];
    second.related = vec![EntryId(11)];
    let third = known(13, "宽带怎么移机", &["搬家了宽带怎么办"], "拨打电话");
    let base = vec![(first, wordings), (second, others), third, (over, none)];
    let catalogue = Catalogue { knowledge: Knowledge::build(base).into(), ..catalogue() };
    let say = |state: &BotState, holder: Holder, message: &str| {
        let content = text(message);
        let findings = look_up(&catalogue, &content, NIGHT);
        decide(
            state,
            &Input { content: &content, place: PLACE, holder, pick: 0 },
            &catalogue,
            &findings,
            NIGHT,
        )
    };
    let none = BotState::default();
    let answered = say(&none, Holder::Bot, "家里上不了网");
    let list = "重启光猫//您可能还想了解：/1 宽带怎么办理/2 宽带怎么移机/回复数字查看。";
    assert_eq!(outcome(&answered), (list.into(), "knowledge.answer".into()));
    let second = say(&answered.next_state, Holder::Bot, "2");
    assert_eq!(outcome(&second), ("拨打电话".into(), "menu.choice".into()));
    assert_eq!(second.next_state.open, None);
    // A picture takes no list with it: the list is a message of its own. It leads on.
    let first = say(&answered.next_state, Holder::Bot, "1");
    assert_eq!(outcome(&first).0, "?|您可能还想了解：/1 宽带断网了怎么办/回复数字查看。");
    assert!(matches!(&first.next_state.open, Some(Open::Choice { entries, .. }) if *entries == [11]));
    // Who waits for a person gets the answer alone; a digit of theirs is no choice.
    let waiting = say(&none, Holder::Queue, "家里上不了网");
    assert_eq!((outcome(&waiting).0.as_str(), &waiting.next_state.open), ("重启光猫", &None));
}

#[test]
fn a_channel_gets_its_own_answer() {
    let (mut entry, wordings) = known(11, "宽带断网了怎么办", &["家里上不了网"], "重启光猫");
    let set = |channels: &[&str], inboxes: &[InboxId], answer: &str| ChannelAnswers {
        channels: channels.iter().map(ToString::to_string).collect(),
        inboxes: inboxes.to_vec(),
        answers: vec![text(answer)],
        answer_mode: AnswerMode::InOrder,
    };
    entry.channel_answers = vec![set(&["wechat"], &[], "点菜单报障"), set(&[], &[INBOX], "回复“报障”")];
    let knowledge = Knowledge::build(vec![(entry, wordings)]);
    let catalogue = Catalogue { knowledge: knowledge.into(), ..catalogue() };
    let check = |inbox: InboxId, channel: &str, expected: &str| {
        let content = text("家里上不了网");
        let findings = look_up(&catalogue, &content, NOW);
        let input =
            Input { content: &content, place: Place { inbox, channel }, holder: Holder::Bot, pick: 0 };
        let decision = decide(&BotState::default(), &input, &catalogue, &findings, NOW);
        assert_eq!(outcome(&decision).0, expected, "{inbox} {channel}");
    };
    check(INBOX, "wechat", "回复“报障”");
    check(InboxId(8), "wechat", "点菜单报障");
    check(InboxId(8), "mail", "重启光猫");
}

#[test]
fn the_own_entry_goes_before_the_shared_one_at_equal_standing() {
    let (mut theirs, wordings) = known(11, "怎么买流量", &["流量余额"], "总部");
    theirs.is_shared = true;
    let own = known(12, "怎么查流量", &["流量余额"], "本地");
    let says = |base: Vec<(Known, Vec<String>)>| {
        let catalogue = Catalogue { knowledge: Knowledge::build(base).into(), ..catalogue() };
        let content = text("流量余额还有多少");
        let findings = look_up(&catalogue, &content, NOW);
        assert_eq!(findings.candidates().len(), 2);
        findings.candidates().iter().map(|it| it.entry).collect::<Vec<_>>()
    };
    for base in [vec![(theirs.clone(), wordings.clone()), own.clone()], vec![own, (theirs, wordings)]] {
        assert_eq!(says(base), [12, 11]);
    }
}
