//! Files: taken by their bytes, handed out so that they cannot act.

use serde_json::json;

use super::{desks, text};
use crate::house::{Answer, Caller, House};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

async fn upload(house: &House, caller: &Caller, name: &str, bytes: &[u8]) -> Answer {
    let mut body = format!("--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: text/html\r\n\r\n").into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--b--\r\n");
    house.send(caller, "POST", "/api/v1/media", "multipart/form-data; boundary=b", body).await
}

#[tokio::test]
async fn a_picture_is_stored_shown_and_sent() {
    desks(|desk| async move {
        let media = upload(&desk.house, &desk.anna.caller, "../账单.exe", PNG).await;
        assert_eq!(media.status, 201, "{media:?}");
        let media = media.json();
        assert_eq!(
            (text(&media, "kind"), text(&media, "mime"), text(&media, "name")),
            ("image", "image/png", "账单.exe")
        );

        let file = desk.house.send(&desk.bob.caller, "GET", text(&media, "url"), "", vec![]).await;
        assert_eq!(file.status, 200);
        for (name, value) in [
            ("content-type", "image/png"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "sandbox; default-src 'none'"),
            ("cache-control", "private, max-age=86400, immutable"),
            ("accept-ranges", "bytes"),
        ] {
            assert_eq!(file.headers[name], value);
        }
        assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("inline; "));
        let part = desk
            .house
            .send(&desk.bob.caller.clone().with("range", "bytes=1-3"), "GET", text(&media, "url"), "", vec![])
            .await;
        assert_eq!((part.status, part.text.as_str()), (206, "PNG"));
        assert_eq!(part.headers["content-range"], format!("bytes 1-3/{}", PNG.len()));

        let conversation = desk.waits("oStoryFile000001").await;
        let content = json!({ "content": { "type": "image", "media": media["id"] } });
        let anna = super::Person {
            id: String::new(),
            caller: desk.anna.caller.clone().with("idempotency-key", "f1"),
        };
        let sent = desk.act(&anna, &conversation, "messages", content).await;
        assert_eq!(sent.status, 201, "{sent:?}");
        assert_eq!(sent.json()["delivery"]["state"], "planned");
    })
    .await;
}

#[tokio::test]
async fn a_page_in_disguise_is_a_download() {
    desks(|desk| async move {
        let page = b"<!doctype html><script>alert(1)</script>";
        let media = upload(&desk.house, &desk.anna.caller, "photo.png", page).await.json();
        assert_eq!((text(&media, "kind"), text(&media, "mime")), ("file", "text/html"));
        let file = desk.house.send(&desk.anna.caller, "GET", text(&media, "url"), "", vec![]).await;
        assert_eq!(file.headers["content-type"], "application/octet-stream");
        assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment; "));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_a_file_is_refused_with_a_reason() {
    desks(|desk| async move {
        let anna = &desk.anna.caller;
        let empty = upload(&desk.house, anna, "a.png", b"").await;
        assert_eq!((empty.status, empty.code().as_str()), (422, "media.empty"));
        let large = upload(&desk.house, anna, "a.bin", &vec![7; 20 * 1024 * 1024 + 1]).await;
        assert_eq!((large.status, large.code().as_str()), (422, "media.too_large"));
        let fits = upload(&desk.house, anna, "a.bin", &vec![7; 20 * 1024 * 1024]).await;
        assert_eq!(fits.status, 201, "{}", fits.text);
        let form = desk.house.send(anna, "POST", "/api/v1/media", "application/json", b"{}".to_vec()).await;
        assert_eq!((form.status, form.code().as_str()), (400, "request.multipart"));
        let (_, auditor) = desk.house.person(&desk.admin, "olga", "auditor").await;
        let denied = upload(&desk.house, &auditor, "a.png", PNG).await;
        assert_eq!((denied.status, denied.code().as_str()), (403, "permission.missing"));
    })
    .await;
}

#[tokio::test]
async fn a_foreign_file_does_not_exist() {
    desks(|desk| async move {
        let (_, bank) = desk.house.member(&desk.root, "bank").await;
        let media = upload(&desk.house, &bank, "geheim.png", PNG).await.json();
        let id = text(&media, "id");
        for path in [format!("/api/v1/media/{id}"), format!("/api/v1/media/{id}/file")] {
            assert_eq!(desk.house.send(&desk.anna.caller, "GET", &path, "", vec![]).await.status, 404);
        }
        let conversation = desk.waits("oStoryFile000002").await;
        let anna = super::Person {
            id: String::new(),
            caller: desk.anna.caller.clone().with("idempotency-key", "f2"),
        };
        let sent = desk
            .act(&anna, &conversation, "messages", json!({ "content": { "type": "image", "media": id } }))
            .await;
        assert_eq!((sent.status, sent.code().as_str()), (404, "media.missing"));
        assert_eq!(desk.conversation(&conversation["id"]).await["stage"], "queued", "nothing half done");
    })
    .await;
}
