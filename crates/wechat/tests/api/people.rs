//! Followers, tags, codes, the desk.

use wechat::api::{kf, qr, tag, user};

use crate::shape;

#[test]
fn user_calls() {
    assert_eq!(shape(&user::list("")), "GET /cgi-bin/user/get");
    assert_eq!(shape(&user::list("o9")), "GET /cgi-bin/user/get?next_openid=o9");
    assert_eq!(shape(&user::get("o1")), "GET /cgi-bin/user/info?openid=o1&lang=zh_CN");
    assert_eq!(
        shape(&user::get_many(&["o1"])),
        r#"POST /cgi-bin/user/info/batchget {"user_list":[{"openid":"o1","lang":"zh_CN"}]}"#
    );
    assert_eq!(
        shape(&user::set_remark("o1", "老客户")),
        r#"POST /cgi-bin/user/info/updateremark {"openid":"o1","remark":"老客户"}"#
    );
    assert_eq!(
        shape(&user::list_blocked("")),
        r#"POST /cgi-bin/tags/members/getblacklist {"begin_openid":""}"#
    );
    assert_eq!(
        shape(&user::block(&["o1"])),
        r#"POST /cgi-bin/tags/members/batchblacklist {"openid_list":["o1"]}"#
    );
    let gone: user::User = serde_json::from_str(r#"{"subscribe":0,"openid":"o1"}"#).unwrap();
    assert_eq!(gone, user::User { openid: "o1".to_owned(), ..user::User::default() });
    let last: user::OpenIdPage = serde_json::from_str(r#"{"total":2,"count":0,"next_openid":""}"#).unwrap();
    assert_eq!(last.data, None);
}

#[test]
fn tag_calls() {
    assert_eq!(shape(&tag::create("老客户")), r#"POST /cgi-bin/tags/create {"tag":{"name":"老客户"}}"#);
    assert_eq!(shape(&tag::list()), "GET /cgi-bin/tags/get");
    assert_eq!(shape(&tag::rename(2, "a")), r#"POST /cgi-bin/tags/update {"tag":{"id":2,"name":"a"}}"#);
    assert_eq!(shape(&tag::delete(2)), r#"POST /cgi-bin/tags/delete {"tag":{"id":2}}"#);
    assert_eq!(
        shape(&tag::list_followers(2, "")),
        r#"POST /cgi-bin/user/tag/get {"tagid":2,"next_openid":""}"#
    );
    assert_eq!(
        shape(&tag::add(2, &["o1"])),
        r#"POST /cgi-bin/tags/members/batchtagging {"openid_list":["o1"],"tagid":2}"#
    );
    assert_eq!(
        shape(&tag::remove(2, &["o1"])),
        r#"POST /cgi-bin/tags/members/batchuntagging {"openid_list":["o1"],"tagid":2}"#
    );
    assert_eq!(shape(&tag::list_of("o1")), r#"POST /cgi-bin/tags/getidlist {"openid":"o1"}"#);
}

#[test]
fn code_calls() {
    let cases = [
        (
            qr::Scene::number(7),
            Some(60),
            r#"{"expire_seconds":60,"action_name":"QR_SCENE","action_info":{"scene":{"scene_id":7}}}"#,
        ),
        (
            qr::Scene::text("s"),
            Some(60),
            r#"{"expire_seconds":60,"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":"s"}}}"#,
        ),
        (
            qr::Scene::number(7),
            None,
            r#"{"action_name":"QR_LIMIT_SCENE","action_info":{"scene":{"scene_id":7}}}"#,
        ),
        (
            qr::Scene::text("s"),
            None,
            r#"{"action_name":"QR_LIMIT_STR_SCENE","action_info":{"scene":{"scene_str":"s"}}}"#,
        ),
    ];
    for (scene, seconds, body) in cases {
        assert_eq!(shape(&qr::create(scene, seconds)), format!("POST /cgi-bin/qrcode/create {body}"));
    }
    assert_eq!(
        qr::picture_url(qr::DEFAULT_PICTURE_BASE_URL, "gQ+/=").unwrap().as_str(),
        "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=gQ%2B%2F%3D"
    );
    assert!(qr::picture_url("mp", "t").is_err());
}

#[test]
fn desk_calls() {
    assert_eq!(
        shape(&kf::add("a@shop", "客服1")),
        r#"POST /customservice/kfaccount/add {"kf_account":"a@shop","nickname":"客服1"}"#
    );
    assert_eq!(shape(&kf::delete("a@shop")), "GET /customservice/kfaccount/del?kf_account=a@shop");
    assert_eq!(shape(&kf::list()), "GET /cgi-bin/customservice/getkflist");
    assert_eq!(shape(&kf::list_online()), "GET /cgi-bin/customservice/getonlinekflist");
    assert_eq!(shape(&kf::session("o1")), "GET /customservice/kfsession/getsession?openid=o1");
    assert_eq!(
        shape(&kf::open_session("a@shop", "o1")),
        r#"POST /customservice/kfsession/create {"kf_account":"a@shop","openid":"o1"}"#
    );
    let list: kf::KfList = serde_json::from_str(
        r#"{"kf_list":[{"kf_account":"a","kf_id":1001},{"kf_account":"b","kf_id":"2"}]}"#,
    )
    .unwrap();
    assert_eq!((list.kf_list[0].kf_id.as_str(), list.kf_list[1].kf_id.as_str()), ("1001", "2"));
}
