//! What a follower can send (WeChat documentation, "receiving standard messages").

use super::field::wire_enum;

wire_enum! {
    /// The content of a message, by its `MsgType`.
    pub enum Content {
        /// Words. Emoticons of the old kind come as codes such as `/::)` or `[微笑]`.
        Text = "text" {
            /// The words; may be empty.
            text: String = "Content",
            /// The id of the entry when the follower tapped one of a menu message (`msgmenu`).
            menu_id: Option<String> = "bizmsgmenuid",
        },
        /// A picture.
        Image = "image" {
            /// The platform's own temporary address of the picture.
            picture_url: String = "PicUrl",
            /// For fetching the file within three days.
            media_id: String = "MediaId",
        },
        /// A voice message.
        Voice = "voice" {
            /// For fetching the file within three days.
            media_id: String = "MediaId",
            /// `amr` or `speex`.
            format: String = "Format",
            /// The words, when the account has speech recognition switched on; may be empty.
            recognition: Option<String> = "Recognition",
            /// The same recording at 16 kHz, sometimes.
            media_id_16k: Option<String> = "MediaId16K",
        },
        /// A video.
        Video = "video" {
            /// For fetching the file within three days.
            media_id: String = "MediaId",
            /// The picture shown before it plays.
            thumbnail_media_id: String = "ThumbMediaId",
        },
        /// A short video, taken in the chat.
        ShortVideo = "shortvideo" {
            /// For fetching the file within three days.
            media_id: String = "MediaId",
            /// The picture shown before it plays.
            thumbnail_media_id: String = "ThumbMediaId",
        },
        /// A place, in GCJ-02 degrees.
        Location = "location" {
            /// Degrees north.
            latitude: f64 = "Location_X",
            /// Degrees east.
            longitude: f64 = "Location_Y",
            /// The zoom of the map.
            scale: i64 = "Scale",
            /// The address in words.
            label: String = "Label",
        },
        /// A forwarded link.
        Link = "link" {
            /// Its title.
            title: String = "Title",
            /// Its summary.
            description: String = "Description",
            /// Its address.
            url: String = "Url",
        },
        /// A file. Not in the documentation, seen in the field; its bytes cannot be fetched.
        File = "file" {
            /// The file's name.
            title: String = "Title",
            /// Mostly empty.
            description: String = "Description",
            /// The platform's own key; no documented use.
            file_key: String = "FileKey",
            /// MD5 in hexadecimal.
            file_md5: String = "FileMd5",
            /// Bytes.
            size: Option<i64> = "FileTotalLen",
        },
        /// A card of a mini program.
        MiniProgramPage = "miniprogrampage" {
            /// Its title.
            title: String = "Title",
            /// The mini program.
            app_id: String = "AppId",
            /// The page in it.
            page_path: String = "PagePath",
            /// Address of the picture.
            thumbnail_url: String = "ThumbUrl",
            /// The picture as media.
            thumbnail_media_id: String = "ThumbMediaId",
        },
    }
}

impl Content {
    pub(super) fn read(name: &str, body: &crate::element::Element<'_>) -> Self {
        Self::read_known(name, body)
            .unwrap_or_else(|| Self::Other(super::Raw::read(name, body, super::MESSAGE_FRAME)))
    }

    pub(super) fn write<'a>(&'a self, out: &mut Vec<crate::element::Element<'a>>) {
        self.write_fields(out);
    }
}
