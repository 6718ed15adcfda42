"""WeRoBot as a client of the simulator."""

import io

import redirect  # noqa: F401  first: it changes where requests go
from werobot.client import Client, ClientException

import common
from common import PNG, check, sim, true

account = common.account()
person = common.Person(account["app_id"])
sim("POST", person.path + "/follow", {})
sim("POST", person.path + "/messages", {"type": "text", "text": "你好"})
client = Client({"APP_ID": account["app_id"], "APP_SECRET": account["app_secret"]})

true("addresses", client.get_ip_list()["ip_list"])
client.create_menu({"button": [{"type": "click", "name": "话费", "key": "BILL"}]})
check("menu", client.get_menu()["menu"]["button"][0]["name"], "话费")
check("menu for a person", client.match_custom_menu(person.openid)["button"][0]["key"], "BILL")
client.delete_menu()
client.send_text_message(person.openid, "您好")
check("seen", person.last()["text"], "您好")
media = client.upload_media("image", io.BytesIO(PNG))["media_id"]
client.send_image_message(person.openid, media)
check("picture", person.last()["media"], media)
check("downloaded", client.download_media(media).content, PNG)
check("user", client.get_user_info(person.openid)["subscribe"], 1)
check("followers", client.get_followers()["total"], 1)
client.remark_user(person.openid, "备注")
group = client.create_group("组")["group"]["id"]
client.move_user(person.openid, group)
check("group", client.get_group_by_id(person.openid)["groupid"], group)
ticket = client.create_qrcode({"expire_seconds": 60, "action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 7}}})["ticket"]
true("code", client.show_qrcode(ticket).content.startswith(b"\x89PNG"))
tag = client.create_tag("标签")["tag"]["id"]
client.tag_users(tag, [person.openid])
check("tags of a person", client.get_tags_by_user(person.openid)["tagid_list"], [tag])
check("people of a tag", client.get_users_by_tag(tag)["data"]["openid"], [person.openid])
client.untag_users(tag, [person.openid])
check("untagged", client.get_tags_by_user(person.openid)["tagid_list"], [])
try:
    client.send_text_message("oNobody", "?")
    raise SystemExit("FAILED a foreign openid was accepted")
except ClientException as error:
    true("a foreign openid is refused", "40003" in str(error))
print("WeRoBot as client: all as on the platform")
