//! Who is it? Callbacks carry no union id, so the platform is asked (WeChat documentation, "user
//! information": the union id is told to accounts that are bound to an open-platform account).

use wechat::api::user::{self, User};
use wechat::error::{Asked, CallError, Reaction};

use crate::base::profile::Profile;
use crate::base::time::Time;
use crate::channels::adapter::Introduction;
use crate::channels::book::OpenInbox;
use crate::ctx::Ctx;

use super::call;

/// The platform counts its quotas by days of this zone.
const PLATFORM_ZONE: &str = "Asia/Shanghai";

/// Asks about a person.
pub(super) async fn introduce(ctx: &Ctx, inbox: &OpenInbox, source_id: &str) -> Introduction {
    match call::call(ctx, inbox, &user::get(source_id)).await {
        Ok(user) => known(user),
        Err(error) => failed(&error, ctx.clock.now()),
    }
}

/// Of somebody who does not follow only the union id may be told.
fn known(user: User) -> Introduction {
    let union_id = user.unionid.filter(|it| !it.is_empty());
    if user.subscribe == 0 && union_id.is_none() {
        return Introduction::Nothing;
    }
    Introduction::Known(Profile {
        union_id,
        nickname: user.nickname,
        remark: user.remark,
        language: user.language,
    })
}

fn failed(error: &CallError, now: Time) -> Introduction {
    let explained = call::explain(error);
    let refused = |code, until| Introduction::Refused { code, message: explained.message.clone(), until };
    match error.reaction(Asked::Api) {
        Reaction::MarkUnfollowed | Reaction::GiveUp | Reaction::Empty => Introduction::Nothing,
        Reaction::StopUntilMidnight => refused("wechat.quota", midnight(now)),
        Reaction::DisableFeature => refused("wechat.not_allowed", now.plus(Time::DAY)),
        Reaction::BackOffMinute => Introduction::Later(Time::MINUTE, explained),
        Reaction::Retry | Reaction::RefreshToken => Introduction::Later(20 * Time::SECOND, explained),
        // The operator must do something, or our program is wrong: asking at once again helps nobody.
        _ => refused("wechat.refused", now.plus(Time::HOUR)),
    }
}

/// The next midnight of the platform.
fn midnight(now: Time) -> Time {
    let zoned = now.in_zone(PLATFORM_ZONE);
    let next = zoned.tomorrow().and_then(|it| it.start_of_day());
    next.map_or(now.plus(Time::DAY), |it| Time(it.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wechat::error::{ApiError, Outcome};

    /// 2026-11-21 10:00 in Shanghai.
    const NOW: Time = Time(1_795_226_400_000);

    #[test]
    fn each_answer_of_the_platform_has_its_consequence() {
        let name = |it: Introduction| match it {
            Introduction::Known(_) => "known".to_owned(),
            Introduction::Nothing => "nothing".to_owned(),
            Introduction::Refused { code, until, .. } => {
                format!("refused {code} {}", until.since(NOW) / Time::MINUTE)
            }
            Introduction::Later(pause, _) => format!("later {pause}"),
        };
        for (code, expected) in [
            (40003, "nothing"),
            (48001, "refused wechat.not_allowed 1440"),
            (45009, "refused wechat.quota 840"),
            (45011, "later 60000"),
            (40164, "refused wechat.refused 60"),
            (-1, "later 20000"),
        ] {
            let api = ApiError { code, message: String::new(), rid: None, message_id: None };
            assert_eq!(name(failed(&CallError::Api(api), NOW)), expected, "{code}");
        }
        let lost = CallError::Transport { outcome: Outcome::NotDone, is_timeout: true, detail: "t".into() };
        assert_eq!(name(failed(&lost, NOW)), "later 20000");
    }

    #[test]
    fn who_does_not_follow_is_known_by_the_union_id_alone() {
        let user = |subscribe, unionid: Option<&str>| User {
            subscribe,
            unionid: unionid.map(str::to_owned),
            ..User::default()
        };
        assert!(matches!(known(user(0, None)), Introduction::Nothing));
        assert!(matches!(known(user(0, Some(""))), Introduction::Nothing));
        assert!(matches!(known(user(1, None)), Introduction::Known(Profile { union_id: None, .. })));
        assert!(matches!(known(user(0, Some("u1"))), Introduction::Known(Profile { union_id: Some(_), .. })));
    }
}
