//! The error codes as one table: code, reaction, meaning in plain words.

/// What to do after an error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reaction {
    /// Nothing: not an error.
    Ignore,
    /// What was asked for is the case already.
    AlreadyDone,
    /// There is none of what was asked for.
    Empty,
    /// Try again up to three times with growing pauses, then queue.
    Retry,
    /// Wait a minute, with some chance in it, then try again.
    BackOffMinute,
    /// This call's daily quota is used up: stop it until midnight in Shanghai.
    StopUntilMidnight,
    /// Get a new access token once and repeat once, never in a loop.
    RefreshToken,
    /// The file at the platform is gone: upload our copy and repeat once.
    UploadAgain,
    /// Cut the text and send the parts.
    SplitText,
    /// Give up for this message.
    GiveUp,
    /// The person does not follow or refuses messages: note it at the contact and give up.
    MarkUnfollowed,
    /// Nothing may be sent to the person until the person writes again.
    WindowClosed,
    /// Whoever wrote the content must change it.
    TellAuthor,
    /// Whoever runs the account must do something.
    TellOperator,
    /// The account cannot do this: switch the feature off and tell the operator.
    DisableFeature,
    /// The person must go through web authorisation again.
    AuthorizeAgain,
    /// Our program asked wrongly: log it, never repeat.
    Bug,
}

/// What kind of call the code answers: a wrong secret and a stale token share the code 40001.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asked {
    /// The call that gets an access token.
    Token,
    /// Any other.
    Api,
}

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advice {
    /// What the code means.
    pub meaning: &'static str,
    /// What to do.
    pub reaction: Reaction,
}

use Reaction::{
    AlreadyDone, AuthorizeAgain, BackOffMinute, Bug, DisableFeature, Empty, GiveUp, Ignore, MarkUnfollowed,
    RefreshToken, Retry, SplitText, StopUntilMidnight, TellAuthor, TellOperator, UploadAgain, WindowClosed,
};

/// `(first, last, reaction, meaning)`; the first line that fits holds.
type Line = (i64, i64, Reaction, &'static str);

const TABLE: &[Line] = &[
    (-1, -1, Retry, "the platform is busy"),
    (0, 0, Ignore, "done"),
    (40001, 40001, RefreshToken, "the access token is invalid or no longer the latest"),
    (40002, 40002, Bug, "wrong grant type"),
    (
        40003,
        40003,
        MarkUnfollowed,
        "the openid is unknown here: another account's, or the person does not follow",
    ),
    (40004, 40006, GiveUp, "the file's kind or size is not accepted"),
    (40007, 40007, UploadAgain, "the media id is unknown or has expired"),
    (40008, 40008, Bug, "wrong message type"),
    (40009, 40012, GiveUp, "the file is too large"),
    (40013, 40013, TellOperator, "the AppID is wrong"),
    (40014, 40014, RefreshToken, "the access token is invalid"),
    (40015, 40028, TellOperator, "the menu is not accepted: number of buttons, name, key or address"),
    (40029, 40029, AuthorizeAgain, "the authorisation code is wrong"),
    (40030, 40030, AuthorizeAgain, "the refresh token is wrong"),
    (40033, 40033, Bug, "the body has escaped characters"),
    (40035, 40035, Bug, "wrong parameter"),
    (40036, 40037, TellOperator, "the template id is wrong"),
    (40050, 40051, TellOperator, "the group is not accepted"),
    (40054, 40055, TellOperator, "a menu button's address is wrong"),
    (40060, 40060, TellOperator, "the article to delete does not exist"),
    (40117, 40117, TellOperator, "the group's name is not accepted"),
    (40125, 40125, TellOperator, "the AppSecret is wrong"),
    (40053, 40127, TellOperator, "the card is not accepted"),
    (40130, 40130, Bug, "at least two openids are needed"),
    (40132, 40132, TellOperator, "the WeChat id is wrong"),
    (40155, 40155, TellAuthor, "the link leads to a forbidden page"),
    (40163, 40163, AuthorizeAgain, "the authorisation code was used before"),
    (40164, 40164, TellOperator, "the address of our server is not on the account's IP whitelist"),
    (41001, 41001, RefreshToken, "the access token is missing"),
    (41002, 41002, TellOperator, "the AppID is missing"),
    (41004, 41004, TellOperator, "the AppSecret is missing"),
    (41005, 41006, Bug, "the file or its id is missing"),
    (41030, 41030, TellAuthor, "the page of the notice does not exist"),
    (42001, 42001, RefreshToken, "the access token has expired"),
    (42002, 42002, AuthorizeAgain, "the refresh token has expired"),
    (42003, 42003, AuthorizeAgain, "the authorisation code has expired"),
    (42007, 42007, AuthorizeAgain, "the person changed the password and must authorise again"),
    (43001, 43003, Bug, "wrong HTTP method, or no https"),
    (43004, 43004, MarkUnfollowed, "the person does not follow the account"),
    (43019, 43019, GiveUp, "the person is on the account's blacklist"),
    (43101, 43101, GiveUp, "the person refused notices, or no right to send is left"),
    (43117, 43117, BackOffMinute, "too many notices to this person in a short time"),
    (44001, 44001, Bug, "the file is empty"),
    (44002, 44002, Bug, "the body is empty"),
    (44004, 44004, Bug, "the text is empty"),
    (45001, 45001, GiveUp, "the file is too large"),
    (45002, 45002, SplitText, "the text is too long"),
    (45003, 45006, TellAuthor, "a title, description, address or picture address is too long"),
    (45007, 45007, GiveUp, "the recording is too long"),
    (45008, 45008, TellAuthor, "too many articles; one is allowed"),
    (
        45009,
        45009,
        StopUntilMidnight,
        "the daily quota of this call is used up; it can be cleared in the account's settings",
    ),
    (45011, 45011, BackOffMinute, "too many calls in this minute"),
    (45015, 45015, WindowClosed, "the person has not written for too long"),
    (45018, 45018, TellOperator, "the group's name is too long"),
    (45021, 45021, TellAuthor, "a field is too long"),
    (45030, 45033, TellOperator, "the card cannot be given out"),
    (
        45047,
        45047,
        WindowClosed,
        "the number of messages to this person is used up until the person writes again",
    ),
    (45056, 45056, TellOperator, "too many tags"),
    (45057, 45057, TellOperator, "the tag has too many followers to be deleted"),
    (45058, 45058, TellOperator, "the platform's own tags cannot be changed"),
    (45059, 45059, TellOperator, "the follower has too many tags"),
    (45065, 45065, AlreadyDone, "this mass message was accepted before"),
    (45066, 45066, BackOffMinute, "the mass message was repeated too soon"),
    (45067, 45067, Bug, "the client's message id is too long"),
    (45072, 45072, Ignore, "wrong typing command"),
    (45080, 45081, Ignore, "the typing notice is not possible now"),
    (45083, 45084, Bug, "wrong speed"),
    (45157, 45157, TellOperator, "a tag of this name exists"),
    (45158, 45158, TellOperator, "the tag's name is too long"),
    (45159, 45159, TellOperator, "the tag does not exist"),
    (46003, 46003, Empty, "there is no menu"),
    (46004, 46004, GiveUp, "there is no such person"),
    (47001, 47001, Bug, "the body cannot be read"),
    (47003, 47003, TellAuthor, "a value of the template is not accepted"),
    (
        48001,
        48001,
        DisableFeature,
        "the account is not authorised for this call; certification may be needed",
    ),
    (48002, 48002, MarkUnfollowed, "the person refuses messages"),
    (48003, 48003, TellOperator, "the terms of mass sending are not accepted yet"),
    (48004, 48004, DisableFeature, "the platform has banned this call for the account"),
    (48005, 48005, TellAuthor, "the material is in use by a menu or an automatic reply"),
    (48006, 48006, TellOperator, "this month's quota clearings are used up"),
    (48008, 48008, TellAuthor, "the account may not send this type of message"),
    (49003, 49003, Bug, "the openid is another account's"),
    (50001, 50002, TellOperator, "the account is not authorised or is restricted"),
    (50004, 50004, TellOperator, "the account is disabled"),
    (50005, 50005, MarkUnfollowed, "the person does not follow the account"),
    (50007, 50007, TellOperator, "the account is frozen"),
    (61004, 61004, TellOperator, "the address of our server is not registered"),
    (61450, 61459, TellOperator, "the platform's customer-service desk refused"),
    (61500, 61501, Bug, "wrong dates"),
    (65301, 65301, TellOperator, "there is no such menu"),
    (65303, 65303, TellOperator, "a default menu must exist before conditional ones"),
    (65301, 65317, TellOperator, "the conditional menu is not accepted"),
    (65400, 65417, TellOperator, "the platform's customer-service desk refused"),
    (87014, 87014, TellAuthor, "the content violates the platform's rules"),
    (88000, 88011, TellOperator, "the article's comments are not available"),
    (89503, 89503, TellOperator, "the account's administrator must agree to our server's address first"),
    (85000, 85999, GiveUp, "another product of the platform refused"),
    (87009, 87009, GiveUp, "another product of the platform refused"),
    (9_001_000, 9_001_999, GiveUp, "another product of the platform refused"),
];

/// The meaning of a code and what to do. An unknown code means: give up and log it.
#[must_use]
pub fn advice(code: i64, asked: Asked) -> Advice {
    if asked == Asked::Token && matches!(code, 40001 | 40014 | 41001) {
        // Refreshing on a refused refresh would be a loop.
        return Advice { reaction: TellOperator, meaning: "the AppSecret is wrong" };
    }
    TABLE.iter().find(|(first, last, ..)| (*first..=*last).contains(&code)).map_or(
        Advice { reaction: GiveUp, meaning: "unknown" },
        |&(_, _, reaction, meaning)| Advice { meaning, reaction },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reactions() {
        let cases = [
            (-1, Retry),
            (0, Ignore),
            (40001, RefreshToken),
            (40014, RefreshToken),
            (42001, RefreshToken),
            (41001, RefreshToken),
            (40007, UploadAgain),
            (40013, TellOperator),
            (40125, TellOperator),
            (40164, TellOperator),
            (43004, MarkUnfollowed),
            (45002, SplitText),
            (45009, StopUntilMidnight),
            (45011, BackOffMinute),
            (45015, WindowClosed),
            (45047, WindowClosed),
            (45065, AlreadyDone),
            (45081, Ignore),
            (46003, Empty),
            (48001, DisableFeature),
            (65310, TellOperator),
            (123_456, GiveUp),
        ];
        for (code, reaction) in cases {
            assert_eq!(advice(code, Asked::Api).reaction, reaction, "{code}");
        }
        assert_eq!(advice(40001, Asked::Token).reaction, TellOperator);
        assert_eq!(advice(45009, Asked::Token).reaction, StopUntilMidnight);
    }

    #[test]
    fn every_line_can_be_reached() {
        for (index, (first, last, ..)) in TABLE.iter().enumerate() {
            assert!(first <= last);
            let free =
                (*first..=*last).any(|code| !TABLE[..index].iter().any(|it| (it.0..=it.1).contains(&code)));
            assert!(free, "{first} to {last} is hidden by the lines before it");
        }
    }
}
