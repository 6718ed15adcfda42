//! Tokens, quotas, web authorisation, page signatures.

use wechat::api::{account, jssdk, oauth};

use crate::shape;

#[test]
fn account_calls() {
    assert_eq!(
        shape(&account::token("wx1", "s")),
        "!GET /cgi-bin/token?grant_type=client_credential&appid=wx1&secret=s"
    );
    assert_eq!(
        shape(&account::stable_token("wx1", "s", false)),
        r#"!POST /cgi-bin/stable_token {"grant_type":"client_credential","appid":"wx1","secret":"s","force_refresh":false}"#
    );
    assert_eq!(shape(&account::callback_addresses()), "GET /cgi-bin/getcallbackip");
    assert_eq!(shape(&account::api_addresses()), "GET /cgi-bin/get_api_domain_ip");
    assert_eq!(
        shape(&account::check_callback("all", "DEFAULT")),
        r#"POST /cgi-bin/callback/check {"action":"all","check_operator":"DEFAULT"}"#
    );
    assert_eq!(shape(&account::clear_quota("wx1")), r#"POST /cgi-bin/clear_quota {"appid":"wx1"}"#);
    assert_eq!(
        shape(&account::clear_quota_by_secret("wx1", "s")),
        r#"!POST /cgi-bin/clear_quota/v2 {"appid":"wx1","appsecret":"s"}"#
    );
    assert_eq!(
        shape(&account::quota("/cgi-bin/message/custom/send")),
        r#"POST /cgi-bin/openapi/quota/get {"cgi_path":"/cgi-bin/message/custom/send"}"#
    );
    assert_eq!(shape(&account::request_details("r1")), r#"POST /cgi-bin/openapi/rid/get {"rid":"r1"}"#);
}

#[test]
fn secrets_are_not_printed() {
    let answer = account::TokenAnswer { access_token: "tok".to_owned(), expires_in: 7200 };
    assert!(!format!("{answer:?}").contains("tok\""));
}

#[test]
fn authorisation_calls() {
    assert_eq!(
        oauth::authorize_url(
            oauth::DEFAULT_PAGE_BASE_URL,
            "wx1",
            "https://e.com/a?b=1&c=好",
            oauth::Scope::Base,
            "S1"
        ),
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx1&redirect_uri=https%3A%2F%2Fe.com%2Fa%3Fb%3D1%26c%3D%E5%A5%BD\
        &response_type=code&scope=snsapi_base&state=S1&connect_redirect=1#wechat_redirect"
    );
    assert_eq!(
        shape(&oauth::access_token("wx1", "s", "c")),
        "!GET /sns/oauth2/access_token?appid=wx1&secret=s&code=c&grant_type=authorization_code"
    );
    assert_eq!(
        shape(&oauth::refresh("wx1", "r")),
        "!GET /sns/oauth2/refresh_token?appid=wx1&grant_type=refresh_token&refresh_token=r"
    );
    assert_eq!(shape(&oauth::user_info("t", "o1")), "!GET /sns/userinfo?access_token=t&openid=o1&lang=zh_CN");
    assert_eq!(shape(&oauth::check("t", "o1")), "!GET /sns/auth?access_token=t&openid=o1");
}

#[test]
fn page_signatures() {
    assert_eq!(shape(&jssdk::ticket()), "GET /cgi-bin/ticket/getticket?type=jsapi");
    assert_eq!(shape(&jssdk::card_ticket()), "GET /cgi-bin/ticket/getticket?type=wx_card");
    let signed = jssdk::sign_page("T", "N", 1, "https://e.com/?a=1#top");
    assert_eq!(
        signed,
        wechat::signature::sha1_hex("jsapi_ticket=T&noncestr=N&timestamp=1&url=https://e.com/?a=1")
    );
    assert_eq!(jssdk::sign_card(&["b", "a"]), wechat::signature::sha1_hex("ab"));
}
