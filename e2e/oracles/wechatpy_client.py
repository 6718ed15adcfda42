"""wechatpy as a client of the simulator: every call it has for an account's daily work."""

import io
import time
import urllib.parse

import redirect  # noqa: F401  first: it changes where requests go
import requests
from wechatpy import WeChatClient, WeChatOAuth
from wechatpy.exceptions import WeChatClientException

import common
from common import AMR, JPEG, MP4, PNG, SIM, check, comes, sim, true


def client_of(account):
    return WeChatClient(account["app_id"], account["app_secret"])


def refused(what, code, call):
    try:
        call()
    except WeChatClientException as error:
        return check(what, error.errcode, code)
    raise SystemExit(f"FAILED {what}: it was not refused")


def file(name, content):
    return (name, io.BytesIO(content))


account = common.account()
app = account["app_id"]
client = client_of(account)
one, two = common.Person(app), common.Person(app)
for person in (one, two):
    # Following with no callback address is recorded all the same.
    sim("POST", person.path + "/follow", {})
openid = one.openid
sim("POST", one.path + "/messages", {"type": "text", "text": "你好"})

print("tokens and addresses")
true("a token", len(client.access_token) > 50)
true("addresses", "127.0.0.1" in client.misc.get_wechat_ips())
wrong = client_of({**account, "app_secret": "0" * 32})
refused("a wrong secret", 40125, wrong.fetch_access_token)
sim("PUT", "/faults", {"expire_tokens": [app]})
true("an expired token is fetched anew by the client", client.user.get(openid)["subscribe"] == 1)

print("users, tags, groups")
user = client.user.get(openid)
check("subscribe", user["subscribe"], 1)
check("no nickname since 2021", user["nickname"], "")
check("followers", sorted(client.user.get_followers()["data"]["openid"]), sorted([one.openid, two.openid]))
check("iterated", len(list(client.user.iter_followers())), 2)
client.user.update_remark(openid, "老客户")
check("remark", client.user.get(openid)["remark"], "老客户")
check("batch", len(client.user.get_batch([one.openid, two.openid])), 2)
refused("a foreign openid", 40003, lambda: client.user.get("oNobody"))
tag = client.tag.create("高价值")
tag = tag["tag"]["id"] if "tag" in tag else tag["id"]
client.tag.update(tag, "重要")
client.tag.tag_user(tag, [openid])
check("tags of a person", client.tag.get_user_tag(openid), [tag])
check("people of a tag", list(client.tag.iter_tag_users(tag)), [openid])
client.tag.untag_user(tag, openid)
check("untagged", client.tag.get_user_tag(openid), [])
refused("a name twice", 45157, lambda: client.tag.create("重要"))
refused("a system tag", 45058, lambda: client.tag.delete(2))
client.tag.delete(tag)
client.tag.batch_black_list([two.openid])
check("blacklist", client.tag.get_black_list()["data"]["openid"], [two.openid])
client.tag.batch_unblack_list([two.openid])
group = client.group.create("试验组")["group"]["id"]
client.group.move_user(openid, group)
check("group of a person", client.user.get_group_id(openid), group)
client.group.update(group, "新名字")
client.group.delete(group)

print("menus")
buttons = {"button": [
    {"type": "click", "name": "查话费", "key": "BILL"},
    {"name": "更多", "sub_button": [{"type": "view", "name": "官网", "url": "https://example.com/"},
                                    {"type": "click", "name": "转人工", "key": "HUMAN"}]},
]}
refused("no menu yet", 46003, lambda: client.menu._get("menu/get"))
client.menu.create(buttons)
check("menu", [it["name"] for it in client.menu.get()["menu"]["button"]], ["查话费", "更多"])
true("self menu", client.menu.get_menu_info()["is_menu_open"] == 1)
refused("four buttons", 40016, lambda: client.menu.create({"button": [buttons["button"][0]] * 4}))
refused("a long name", 40018, lambda: client.menu.create({"button": [{**buttons["button"][0], "name": "名字实在太长"}]}))
conditional = {"button": [{"type": "click", "name": "安卓", "key": "A"}], "matchrule": {"client_platform_type": "2"}}
menu_id = client.menu.add_conditional(conditional)["menuid"]
check("who sees it", client.menu.try_match(openid)["button"][0]["name"], "安卓")
client.menu.del_conditional(menu_id)
check("who sees the default", client.menu.try_match(openid)["button"][0]["name"], "查话费")

print("media and materials")
image = client.media.upload("image", file("a.png", PNG))["media_id"]
voice = client.media.upload("voice", file("a.amr", AMR))["media_id"]
video = client.media.upload("video", file("a.mp4", MP4))["media_id"]
thumb = client.media.upload("thumb", file("a.jpg", JPEG))["thumb_media_id"]
answer = client.media.download(image)
check("downloaded", answer.content, PNG)
check("its name", answer.headers["content-disposition"], f'attachment; filename="{image}.png"')
true("a video is an address", "video_url" in client.media.download(video))
refused("not a picture", 40005, lambda: client.media.upload("image", file("a.png", b"no picture at all")))
true("a picture for articles", client.media.upload_image(file("a.png", PNG)).startswith("http"))
kept = client.material.add("image", file("b.png", PNG))
check("material", client.material.get(kept["media_id"]).content, PNG)
film = client.material.add("video", file("b.mp4", MP4), "片名", "简介")["media_id"]
check("video material", client.material.get(film)["title"], "片名")
news = client.material.add_articles([
    {"thumb_media_id": kept["media_id"], "title": "标题", "content": "<p>正文</p>", "author": "编辑",
     "content_source_url": "https://example.com", "digest": "摘要", "show_cover_pic": 1}])["media_id"]
check("article", client.material.get(news)[0]["title"], "标题")
check("count", client.material.get_count()["image_count"], 1)
check("listed", client.material.batchget("image")["total_count"], 1)
client.material.delete(film)
refused("gone", 40007, lambda: client.material.get(film))

print("service messages")
client.message.send_text(openid, "您好，这是客服")
check("seen", one.last(), {"type": "text", "text": "您好，这是客服"})
client.message.send_image(openid, image)
client.message.send_voice(openid, voice)
client.message.send_articles(openid, [{"title": "账单", "description": "十二月", "url": "https://example.com", "image": ""}])
check("one article", one.last()["items"][0]["title"], "账单")
refused("too long", 45002, lambda: client.message.send_text(openid, "长" * 700))
refused("unknown media", 40007, lambda: client.message.send_image(openid, "nothing"))
client.message.send_msg_menu(openid, {"head_content": "满意吗", "list": [{"id": "101", "content": "满意"}], "tail_content": ""})
check("a menu", one.last()["items"], [{"id": "101", "text": "满意"}])
refused("five are used", 45047, lambda: client.message.send_text(openid, "第六条"))
refused("no window", 45015, lambda: (sim("POST", "/clock/advance", {"seconds": 61}), client.message.send_text(two.openid, "?")))
sim("POST", one.path + "/messages", {"type": "text", "text": "再问一句"})
client.message.send_video(openid, video, "标题", "说明")
client.message.send_music(openid, "https://example.com/a.mp3", "https://example.com/b.mp3", thumb, "歌", "词")
client.message.send_mini_program_page(openid, {"title": "营业厅", "appid": "wx1", "pagepath": "p", "thumb_media_id": image})
sim("POST", "/clock/advance", {"seconds": 3 * 86400})
refused("media die after three days", 40007, lambda: client.media.download(image))
sim("POST", one.path + "/messages", {"type": "text", "text": "你好"})

print("desk of the platform")
desk = "zhangsan@oracle"
client.customservice.add_account(desk, "张三", "secret")
refused("twice", 65406, lambda: client.customservice.add_account(desk, "张三", "secret"))
client.customservice.update_account(desk, "小张", "secret")
client.customservice.upload_headimg(desk, file("a.jpg", JPEG))
check("desks", [it["kf_nick"] for it in client.customservice.get_accounts()], ["小张"])
check("online", len(client.customservice.get_online_accounts()), 1)
client.message.send_text(openid, "我是小张", desk)
client.customservice.create_session(openid, desk)
check("session", client.customservice.get_session(openid)["kf_account"], desk)
check("sessions", len(client.customservice.get_session_list(desk)), 1)
client.customservice.close_session(openid, desk)
check("waiting", client.customservice.get_wait_case()["count"], 0)
now = int(sim("GET", "/clock")["now"] / 1000)
records = client.customservice.get_records(now - 3600, now + 60)
true("records", any(it["text"] == "我是小张" for it in records["recordlist"]))
client.customservice.delete_account(desk)

print("mass messages")
sim("PUT", "/settings", {"job_delay_ms": 0})
sent = client.message.send_mass_text([one.openid, two.openid], "节日快乐")
comes("status", lambda: client.message.get_mass(sent["msg_id"])["msg_status"], "SEND_SUCCESS")
check("arrived", two.last()["text"], "节日快乐")
everybody = client.message.send_mass_text(None, "全体通知", is_to_all=True)
comes("to everybody", lambda: client.message.get_mass(everybody["msg_id"])["msg_status"], "SEND_SUCCESS")
client.message.send_mass_text(openid, "预览", preview=True)
check("preview", one.last()["text"], "预览")
articles = client.message.send_mass_article([one.openid, two.openid], news)
comes("articles", lambda: client.message.get_mass(articles["msg_id"])["msg_status"], "SEND_SUCCESS")
refused("texts cannot be withdrawn", 40060, lambda: client.message.delete_mass(sent["msg_id"]))

print("templates and notices")
client.template.set_industry(1, 4)
true("industry", "primary_industry" in client.template.get_industry())
template = client.template.add("TM00015")
template = template if isinstance(template, str) else template["template_id"]
true("listed", len(client.template.get_all_private_template()["template_list"]) == 1)
true("a number", client.message.send_template(openid, template, {"keyword1": {"value": "87.40 元"}})["msgid"] > 0)
check("drawn", one.last()["rows"][0]["value"], "87.40 元")
refused("unknown template", 40037, lambda: client.message.send_template(openid, "none", {"a": {"value": "b"}}))
refused("no right to send", 40037, lambda: client.message.send_subscribe_message(openid, "none", {"thing1": {"value": "x"}}))
client.template.del_private_template(template)

print("codes, tickets, statistics")
code = client.qrcode.create({"expire_seconds": 1800, "action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 123}}})
true("a picture", client.qrcode.show(code).content.startswith(b"\x89PNG"))
sim("POST", one.path + "/scans", {"scene": "123"})
refused("scene 0", 40053, lambda: client.qrcode.create({"action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 0}}}))
true("a ticket", len(client.jsapi.get_jsapi_ticket()) > 20)
day = time.strftime("%Y-%m-%d", time.gmtime(now - 2 * 86400))
check("users of a day", client.datacube.get_user_cumulate(day, day)[0]["ref_date"], day)
refused("today is not ready", 61500, lambda: client.datacube.get_user_summary("2999-01-01", "2999-01-01"))
card = client.card.create({"card": {"card_type": "GIFT", "gift": {"base_info": {"title": "赠品"}, "gift": "杯子"}}})
check("card", client.card.get(card)["card_type"], "GIFT")
code = sim("POST", one.path + "/cards", {"card_id": card})["code"]
check("card code", client.card.get_code(code)["can_consume"], True)
client.card.consume_code(code)
refused("used up", 40099, lambda: client.card.consume_code(code))
client.message.send_card(openid, card)

print("web authorisation")
oauth = WeChatOAuth(app, account["app_secret"], "https://example.com/back", "snsapi_userinfo", "s1")
url = urllib.parse.urlsplit(oauth.authorize_url)
page = requests.get(f"{SIM}{url.path}?{url.query}", params={"sim_person": one.id, "sim_agree": "true"}, allow_redirects=False, timeout=10)
back = urllib.parse.parse_qs(urllib.parse.urlsplit(page.headers["location"]).query)
check("state", back["state"], ["s1"])
oauth.fetch_access_token(back["code"][0])
check("who", oauth.get_user_info()["openid"], openid)
true("token lives", oauth.check_access_token())
oauth.refresh_access_token(oauth.refresh_token)

print("faults")
sim("PUT", "/faults", {"use_up": ["/cgi-bin/message/custom/send"]})
refused("quota", 45009, lambda: client.message.send_text(openid, "x"))
check("clear", client.post("clear_quota", data={"appid": app})["errcode"], 0)
client.message.send_text(openid, "又可以了")
print("wechatpy as client: all as on the platform")
