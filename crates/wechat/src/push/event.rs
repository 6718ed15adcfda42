//! What can happen without a message (WeChat documentation, "receiving event pushes" and the chapters of
//! the features that push events).

use super::details::{
    ArticleUrls, CopyrightCheck, Publication, ScannedCode, SentLocation, SentPictures, SubscriptionChoices,
    SubscriptionResults,
};
use super::field::wire_enum;

wire_enum! {
    /// An event, by its `Event` name.
    pub enum Event {
        /// A new follower. With a code, the key is `qrscene_` and the scene: see [`Event::scene`].
        Subscribe = "subscribe" {
            /// Empty, or where the follower came from.
            key: String = "EventKey",
            /// The code's ticket.
            ticket: Option<String> = "Ticket",
        },
        /// A follower left. No reply is possible.
        Unsubscribe = "unsubscribe" {
            /// Empty.
            key: String = "EventKey",
        },
        /// A follower scanned a code of the account.
        Scan = "SCAN" {
            /// The scene.
            key: String = "EventKey",
            /// The code's ticket.
            ticket: Option<String> = "Ticket",
        },
        /// The periodic report of the place, if the follower agreed. Do not answer it.
        LocationReport = "LOCATION" {
            /// Degrees north.
            latitude: f64 = "Latitude",
            /// Degrees east.
            longitude: f64 = "Longitude",
            /// Metres.
            precision: f64 = "Precision",
        },
        /// A menu button of kind `click`.
        Click = "CLICK" {
            /// The button's key.
            key: String = "EventKey",
        },
        /// A menu button that opens a page.
        View = "VIEW" {
            /// The page.
            url: String = "EventKey",
            /// The conditional menu, if one applied.
            menu_id: Option<String> = "MenuId",
        },
        /// A menu button that opens a mini program.
        ViewMiniProgram = "view_miniprogram" {
            /// The page in the mini program.
            path: String = "EventKey",
            /// The conditional menu, if one applied.
            menu_id: Option<String> = "MenuId",
        },
        /// A menu button scanned a code and opened its content.
        ScanCodePush = "scancode_push" {
            /// The button's key.
            key: String = "EventKey",
            /// What was scanned.
            code: ScannedCode = "ScanCodeInfo",
        },
        /// A menu button scanned a code and waits for an answer.
        ScanCodeWait = "scancode_waitmsg" {
            /// The button's key.
            key: String = "EventKey",
            /// What was scanned.
            code: ScannedCode = "ScanCodeInfo",
        },
        /// A menu button took a picture by the camera.
        PictureTaken = "pic_sysphoto" {
            /// The button's key.
            key: String = "EventKey",
            /// The pictures.
            pictures: SentPictures = "SendPicsInfo",
        },
        /// A menu button took a picture by camera or from the album.
        PictureTakenOrChosen = "pic_photo_or_album" {
            /// The button's key.
            key: String = "EventKey",
            /// The pictures.
            pictures: SentPictures = "SendPicsInfo",
        },
        /// A menu button took pictures from the album of WeChat.
        PictureChosen = "pic_weixin" {
            /// The button's key.
            key: String = "EventKey",
            /// The pictures.
            pictures: SentPictures = "SendPicsInfo",
        },
        /// A menu button chose a place.
        LocationSelect = "location_select" {
            /// The button's key.
            key: String = "EventKey",
            /// The place.
            location: SentLocation = "SendLocationInfo",
        },
        /// A mass message is done. `status` is `send success`, `send fail` or `err(number)`.
        MassSendFinished = "MASSSENDJOBFINISH" {
            /// The id the send call gave.
            message_id: i64 = "MsgID",
            /// The outcome.
            status: String = "Status",
            /// Followers addressed.
            total: i64 = "TotalCount",
            /// Followers left after filtering.
            filtered: i64 = "FilterCount",
            /// Delivered.
            sent: i64 = "SentCount",
            /// Failed.
            errors: i64 = "ErrorCount",
            /// The original-content check.
            copyright: Option<CopyrightCheck> = "CopyrightCheckResult",
            /// The articles' addresses.
            articles: Option<ArticleUrls> = "ArticleUrlResult",
        },
        /// A template message is done. `status` is `success` or begins with `failed`.
        TemplateSendFinished = "TEMPLATESENDJOBFINISH" {
            /// The id the send call gave.
            message_id: i64 = "MsgID",
            /// The outcome.
            status: String = "Status",
        },
        /// A publication is done.
        PublishFinished = "PUBLISHJOBFINISH" {
            /// The outcome.
            publication: Publication = "PublishEventInfo",
        },
        /// A follower chose in a subscription pop-up.
        SubscriptionPopup = "subscribe_msg_popup_event" {
            /// The choices.
            choices: SubscriptionChoices = "SubscribeMsgPopupEvent",
        },
        /// A follower changed subscriptions; only `reject` counts.
        SubscriptionChange = "subscribe_msg_change_event" {
            /// The choices.
            choices: SubscriptionChoices = "SubscribeMsgChangeEvent",
        },
        /// Subscription notices are done.
        SubscriptionSent = "subscribe_msg_sent_event" {
            /// The outcomes.
            results: SubscriptionResults = "SubscribeMsgSentEvent",
        },
        /// The platform's own desk opened a session.
        KfCreateSession = "kf_create_session" {
            /// The desk's agent.
            account: String = "KfAccount",
        },
        /// The platform's own desk closed a session.
        KfCloseSession = "kf_close_session" {
            /// The desk's agent.
            account: String = "KfAccount",
        },
        /// The platform's own desk handed a session over.
        KfSwitchSession = "kf_switch_session" {
            /// Who had it.
            from_account: String = "FromKfAccount",
            /// Who has it.
            to_account: String = "ToKfAccount",
        },
        /// A card passed review.
        CardPassCheck = "card_pass_check" {
            /// The card.
            card_id: String = "CardId",
        },
        /// A card did not pass review.
        CardNotPassCheck = "card_not_pass_check" {
            /// The card.
            card_id: String = "CardId",
            /// Why.
            reason: String = "RefuseReason",
        },
        /// A follower took a card.
        CardTaken = "user_get_card" {
            /// The card.
            card_id: String = "CardId",
            /// Given by a friend.
            is_gift: bool = "IsGiveByFriend",
            /// The card's own number.
            code: String = "UserCardCode",
            /// The friend's openid.
            friend: String = "FriendUserName",
            /// The scene as a number.
            outer_id: i64 = "OuterId",
            /// The number before it was given on.
            old_code: String = "OldUserCardCode",
            /// The scene as a text.
            outer_text: String = "OuterStr",
            /// A member took back a deleted card.
            is_restored: bool = "IsRestoreMemberCard",
            /// Recommended by a friend.
            is_recommended: bool = "IsRecommendByFriend",
            /// The person across accounts.
            union_id: Option<String> = "UnionId",
        },
        /// A follower gives a card to a friend.
        CardGifting = "user_gifting_card" {
            /// The card.
            card_id: String = "CardId",
            /// The card's own number.
            code: String = "UserCardCode",
            /// It came back.
            is_returned: bool = "IsReturnBack",
            /// The friend's openid.
            friend: String = "FriendUserName",
            /// Given into a group.
            is_group: bool = "IsChatRoom",
        },
        /// A follower deleted a card.
        CardDeleted = "user_del_card" {
            /// The card.
            card_id: String = "CardId",
            /// The card's own number.
            code: String = "UserCardCode",
        },
        /// A card was redeemed.
        CardConsumed = "user_consume_card" {
            /// The card.
            card_id: String = "CardId",
            /// The card's own number.
            code: String = "UserCardCode",
            /// `FROM_API`, `FROM_MP` or `FROM_MOBILE_HELPER`.
            source: String = "ConsumeSource",
            /// The shop's name.
            location_name: String = "LocationName",
            /// Who redeemed it.
            staff: String = "StaffOpenId",
            /// The code typed by the follower.
            verify_code: String = "VerifyCode",
            /// The amount noted by the follower.
            remark_amount: String = "RemarkAmount",
            /// The scene as a text.
            outer_text: String = "OuterStr",
        },
        /// A member paid from the card.
        CardPaid = "user_pay_from_pay_cell" {
            /// The card.
            card_id: String = "CardId",
            /// The card's own number.
            code: String = "UserCardCode",
            /// The payment.
            transaction_id: String = "TransId",
            /// The shop.
            location_id: String = "LocationId",
            /// Paid, in fen.
            fee: i64 = "Fee",
            /// Before discount, in fen.
            original_fee: i64 = "OriginalFee",
        },
        /// A follower looked at a card.
        CardViewed = "user_view_card" {
            /// The card.
            card_id: String = "CardId",
            /// The card's own number.
            code: String = "UserCardCode",
            /// The scene as a text.
            outer_text: String = "OuterStr",
        },
        /// A follower opened the chat from a card.
        CardEnteredSession = "user_enter_session_from_card" {
            /// The card.
            card_id: String = "CardId",
            /// The card's own number.
            code: String = "UserCardCode",
        },
        /// Points or balance of a member changed.
        MemberCardUpdated = "update_member_card" {
            /// The card.
            card_id: String = "CardId",
            /// The card's own number.
            code: String = "UserCardCode",
            /// Change of points.
            bonus: i64 = "ModifyBonus",
            /// Change of balance, in fen.
            balance: i64 = "ModifyBalance",
        },
        /// A card runs out of stock.
        CardStockLow = "card_sku_remind" {
            /// The card.
            card_id: String = "CardId",
            /// In words.
            detail: String = "Detail",
        },
        /// The account bought card points.
        CardOrder = "card_pay_order" {
            /// The order.
            order_id: String = "OrderId",
            /// Its state.
            status: String = "Status",
            /// Seconds since 1970.
            created_at: i64 = "CreateOrderTime",
            /// Seconds since 1970, 0 when unpaid.
            paid_at: i64 = "PayFinishTime",
            /// In words.
            description: String = "Desc",
            /// Free points.
            free_coins: i64 = "FreeCoinCount",
            /// Paid points.
            paid_coins: i64 = "PayCoinCount",
            /// Free points given back.
            refunded_free_coins: i64 = "RefundFreeCoinCount",
            /// Paid points given back.
            refunded_paid_coins: i64 = "RefundPayCoinCount",
            /// The kind of order.
            kind: String = "OrderType",
            /// A note.
            memo: String = "Memo",
            /// The receipt.
            receipt: String = "ReceiptInfo",
        },
        /// A follower filled in the member form; fetch it by the API.
        MemberFormSubmitted = "submit_membercard_user_info" {
            /// The card.
            card_id: String = "CardId",
            /// The card's own number.
            code: String = "UserCardCode",
        },
        /// The account's qualification was verified.
        QualificationVerified = "qualification_verify_success" {
            /// Seconds since 1970.
            expires_at: i64 = "ExpiredTime",
        },
        /// The account's name was verified.
        NamingVerified = "naming_verify_success" {
            /// Seconds since 1970.
            expires_at: i64 = "ExpiredTime",
        },
        /// The yearly verification is due.
        AnnualRenew = "annual_renew" {
            /// Seconds since 1970.
            expires_at: i64 = "ExpiredTime",
        },
        /// The verification has expired.
        VerificationExpired = "verify_expired" {
            /// Seconds since 1970.
            expires_at: i64 = "ExpiredTime",
        },
        /// The qualification was refused.
        QualificationRefused = "qualification_verify_fail" {
            /// Seconds since 1970.
            failed_at: i64 = "FailTime",
            /// Why.
            reason: String = "FailReason",
        },
        /// The name was refused.
        NamingRefused = "naming_verify_fail" {
            /// Seconds since 1970.
            failed_at: i64 = "FailTime",
            /// Why.
            reason: String = "FailReason",
        },
        /// A person changed the data given on a web page.
        AuthorizedDataChanged = "user_info_modified" {
            /// The person.
            open_id: String = "OpenID",
            /// The account.
            app_id: String = "AppID",
            /// Which data: 201 address, 202 invoice, 203 card, 204 microphone, 205 name and picture, 206 place.
            what: Option<String> = "RevokeInfo",
        },
        /// A person withdrew an authorisation given on a web page: erase what came from it.
        AuthorizationRevoked = "user_authorization_revoke" {
            /// The person.
            open_id: String = "OpenID",
            /// The account.
            app_id: String = "AppID",
            /// Which data, as above.
            what: Option<String> = "RevokeInfo",
        },
        /// A person closed the account: erase what came from the authorisation.
        AuthorizationCancelled = "user_authorization_cancellation" {
            /// The person.
            open_id: String = "OpenID",
            /// The account.
            app_id: String = "AppID",
            /// Which data, as above.
            what: Option<String> = "RevokeInfo",
        },
        /// A person opened a mini program's customer service.
        EnterTempSession = "user_enter_tempsession" {
            /// The page's own mark.
            from: String = "SessionFrom",
        },
    }
}

impl Event {
    pub(super) fn read(name: &str, body: &crate::element::Element<'_>) -> Self {
        Self::read_known(name, body)
            .unwrap_or_else(|| Self::Other(super::Raw::read(name, body, super::EVENT_FRAME)))
    }

    pub(super) fn write<'a>(&'a self, out: &mut Vec<crate::element::Element<'a>>) {
        self.write_fields(out);
    }
}
