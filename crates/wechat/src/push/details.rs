//! The nested parts of events.

use super::field::wire_struct;

wire_struct! {
    /// What a scan by a menu button found.
    pub struct ScannedCode {
        /// `qrcode` or `barcode`.
        kind: String = "ScanType",
        /// The content; a bar code's is `TYPE,VALUE`.
        result: String = "ScanResult",
    }
}

wire_struct! {
    /// Pictures chosen by a menu button; they follow as image messages.
    pub struct SentPictures {
        /// How many.
        count: i64 = "Count",
        /// Their digests.
        list: PictureList = "PicList",
    }
}

wire_struct! {
    /// The list inside [`SentPictures`].
    pub struct PictureList {
        /// One entry a picture.
        items: Vec<Picture> = "item",
    }
}

wire_struct! {
    /// One picture.
    pub struct Picture {
        /// MD5 in hexadecimal.
        md5: String = "PicMd5Sum",
    }
}

wire_struct! {
    /// A place chosen by a menu button; a location message follows. Texts, because the platform sends texts.
    pub struct SentLocation {
        /// Degrees north, GCJ-02.
        latitude: String = "Location_X",
        /// Degrees east, GCJ-02.
        longitude: String = "Location_Y",
        /// The zoom of the map.
        scale: String = "Scale",
        /// The address in words.
        label: String = "Label",
        /// Name of the point of interest; may be empty.
        place_name: String = "Poiname",
    }
}

wire_struct! {
    /// The original-content check of a mass message.
    pub struct CopyrightCheck {
        /// How many articles were found.
        count: i64 = "Count",
        /// One entry an article; often empty in practice.
        results: CopyrightResults = "ResultList",
        /// 1 not a reprint, 2 a reprint that may be sent, 3 a reprint that may not.
        state: i64 = "CheckState",
    }
}

wire_struct! {
    /// The list inside [`CopyrightCheck`].
    pub struct CopyrightResults {
        /// One entry an article.
        items: Vec<CopyrightResult> = "item",
    }
}

wire_struct! {
    /// The check of one article.
    pub struct CopyrightResult {
        /// Which article, the first is 1.
        article_index: i64 = "ArticleIdx",
        /// What the sender declared: 0 nothing, 1 original.
        declared: i64 = "UserDeclareState",
        /// What the platform judged: 0 no reprint, 1 original, 2 reprint.
        judged: i64 = "AuditState",
        /// The original article.
        original_url: String = "OriginalArticleUrl",
        /// The kind of the original.
        original_kind: i64 = "OriginalArticleType",
        /// Whether it may be reprinted.
        can_reprint: bool = "CanReprint",
        /// Whether the platform replaces the content by the original's.
        needs_replaced_content: bool = "NeedReplaceContent",
        /// Whether the source must be shown.
        needs_shown_source: bool = "NeedShowReprintSource",
    }
}

wire_struct! {
    /// The addresses of the articles of a mass message.
    pub struct ArticleUrls {
        /// How many.
        count: i64 = "Count",
        /// One entry an article.
        results: ArticleUrlList = "ResultList",
    }
}

wire_struct! {
    /// The list inside [`ArticleUrls`].
    pub struct ArticleUrlList {
        /// One entry an article.
        items: Vec<ArticleUrl> = "item",
    }
}

wire_struct! {
    /// The address of one article of a mass message.
    pub struct ArticleUrl {
        /// Which article, the first is 1.
        index: i64 = "ArticleIdx",
        /// Its address.
        url: String = "ArticleUrl",
    }
}

wire_struct! {
    /// The result of a publishing job.
    pub struct Publication {
        /// The id given by the submit call.
        publish_id: String = "publish_id",
        /// 0 done, 1 running, 2 original check failed, 3 failed, 4 refused by review, 5 articles deleted
        /// afterwards, 6 banned afterwards.
        status: i64 = "publish_status",
        /// The article, when it is out.
        article_id: Option<String> = "article_id",
        /// Its parts, when it is out.
        articles: Option<PublishedArticles> = "article_detail",
        /// The parts that failed, the first is 1.
        failed: Vec<i64> = "fail_idx",
    }
}

wire_struct! {
    /// The parts of a published article.
    pub struct PublishedArticles {
        /// How many.
        count: i64 = "count",
        /// One entry a part.
        items: Vec<PublishedArticle> = "item",
    }
}

wire_struct! {
    /// One part of a published article.
    pub struct PublishedArticle {
        /// Which, the first is 1.
        index: i64 = "idx",
        /// Its address.
        url: String = "article_url",
    }
}

wire_struct! {
    /// What a follower chose for each subscription template.
    pub struct SubscriptionChoices {
        /// One entry a template.
        list: Vec<SubscriptionChoice> = "List",
    }
}

wire_struct! {
    /// The choice for one template.
    pub struct SubscriptionChoice {
        /// The template.
        template_id: String = "TemplateId",
        /// `accept` or `reject`.
        status: String = "SubscribeStatusString",
        /// 1 from a web page, 2 from an article.
        scene: Option<i64> = "PopupScene",
    }
}

wire_struct! {
    /// What became of sent subscription notices.
    pub struct SubscriptionResults {
        /// One entry a notice.
        list: Vec<SubscriptionResult> = "List",
    }
}

wire_struct! {
    /// What became of one subscription notice.
    pub struct SubscriptionResult {
        /// The template.
        template_id: String = "TemplateId",
        /// The id of the notice.
        message_id: i64 = "MsgID",
        /// 0 when it was delivered.
        code: i64 = "ErrorCode",
        /// In words.
        status: String = "ErrorStatus",
    }
}
