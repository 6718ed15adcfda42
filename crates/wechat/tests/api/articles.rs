//! Files and articles.

use wechat::api::{draft, media};

use crate::{photo, shape};

#[test]
fn media_calls() {
    assert_eq!(
        shape(&media::upload(media::MediaKind::Image, photo())),
        "POST /cgi-bin/media/upload?type=image 照片.jpg:image/jpeg []"
    );
    assert_eq!(shape(&media::get("m 1")), "GET /cgi-bin/media/get?media_id=m 1");
    assert_eq!(shape(&media::get_recording("m")), "GET /cgi-bin/media/get/jssdk?media_id=m");
    assert_eq!(
        shape(&media::upload_article_image(photo())),
        "POST /cgi-bin/media/uploadimg 照片.jpg:image/jpeg []"
    );
    let description = media::VideoDescription { title: "片".to_owned(), introduction: "i".to_owned() };
    assert_eq!(
        shape(&media::add_video(photo(), &description)),
        r#"POST /cgi-bin/material/add_material?type=video 照片.jpg:image/jpeg [("description", "{\"title\":\"片\",\"introduction\":\"i\"}")]"#
    );
    assert_eq!(shape(&media::get_material("m")), r#"POST /cgi-bin/material/get_material {"media_id":"m"}"#);
    assert_eq!(
        shape(&media::delete_material("m")),
        r#"POST /cgi-bin/material/del_material {"media_id":"m"}"#
    );
    assert_eq!(shape(&media::count_material()), "GET /cgi-bin/material/get_materialcount");
    assert_eq!(
        shape(&media::list_material("news", 0, 20)),
        r#"POST /cgi-bin/material/batchget_material {"type":"news","offset":0,"count":20}"#
    );
    let thumb: media::UploadAnswer =
        serde_json::from_str(r#"{"type":"thumb","thumb_media_id":"t","created_at":1}"#).unwrap();
    assert_eq!(thumb.media_id, "t");
}

#[test]
fn article_calls() {
    let article = draft::Article {
        title: "标题".to_owned(),
        content: "<p>文</p>".to_owned(),
        ..draft::Article::default()
    };
    assert_eq!(
        shape(&draft::add(vec![article])),
        concat!(
            r#"POST /cgi-bin/draft/add {"articles":[{"title":"标题","author":"","digest":"","content":"<p>文</p>","#,
            r#""content_source_url":"","thumb_media_id":"","need_open_comment":0,"only_fans_can_comment":0}]}"#
        )
    );
    assert_eq!(shape(&draft::count()), "GET /cgi-bin/draft/count");
    assert_eq!(shape(&draft::publish("m")), r#"POST /cgi-bin/freepublish/submit {"media_id":"m"}"#);
    assert_eq!(shape(&draft::publication("9")), r#"POST /cgi-bin/freepublish/get {"publish_id":"9"}"#);
    assert_eq!(
        shape(&draft::withdraw("a", 0)),
        r#"POST /cgi-bin/freepublish/delete {"article_id":"a","index":0}"#
    );
    assert_eq!(
        shape(&draft::list(draft::PageQuestion { offset: 0, count: 20, no_content: 1 })),
        r#"POST /cgi-bin/draft/batchget {"offset":0,"count":20,"no_content":1}"#
    );
    let submitted: draft::Submitted = serde_json::from_str(r#"{"publish_id":2247503051}"#).unwrap();
    assert_eq!(submitted.publish_id, "2247503051");
}
