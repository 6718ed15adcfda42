"""WeRoBot as an account's server: the simulator verifies it and pushes to it."""

import threading

import werobot

import common
from common import check, sim

account = common.account()
port = common.free_port()
robot = werobot.WeRoBot(token=account["token"])
robot.config.update(APP_ID=account["app_id"], ENCODING_AES_KEY=account["aes_key"], HOST="127.0.0.1", PORT=port, SERVER="wsgiref")


@robot.subscribe
def welcome(message):
    return f"欢迎 {message.source[:1]}"


@robot.text
def echo(message):
    return f"你说：{message.content}"


@robot.image
def seen(message):
    return f"收到图片 {message.img[:4]} {len(message.MediaId) > 20}"


@robot.location
def place(message):
    return f"{message.location[0]:.2f},{message.location[1]:.2f} {message.label}"


@robot.click
def clicked(message):
    return [["标题", "说明", "https://example.com/p.png", f"https://example.com/{message.key}"]]


@robot.handler
def other(message):
    return ""


threading.Thread(target=robot.run, daemon=True).start()
common.wait_for(port)
person = common.Person(account["app_id"])
where = {"url": f"http://127.0.0.1:{port}/", "token": account["token"], "aes_key": account["aes_key"]}

for mode in ("safe", "compatible"):
    print(mode)
    done = sim("PUT", f"/accounts/{account['app_id']}/callback", {**where, "mode": mode})
    check("verified", done["ok"], True)
    check("welcomed", person.follow()["outcome"], "answered")
    check("the welcome", person.last()["text"], "欢迎 o")
    check("text", (person.says("话费怎么查"), person.last()["text"])[1], "你说：话费怎么查")
    check("picture", person.sends({"type": "image"})["outcome"], "answered")
    check("its address and its file", person.last()["text"], "收到图片 http True")
    person.sends({"type": "location", "latitude": 31.23, "longitude": 121.47, "label": "人民广场"})
    check("place", person.last()["text"], "31.23,121.47 人民广场")
    check("click", person.clicks("BILL")["outcome"], "answered")
    check("article", person.last()["items"][0]["url"], "https://example.com/BILL")
    check("voice has no handler", person.sends({"type": "voice"})["outcome"], "acknowledged")
    check("job results are accepted", sim("POST", person.path + "/pushes", {"wait": True, "fields": {
        "MsgType": "event", "Event": "PUBLISHJOBFINISH", "PublishEventInfo": {"publish_id": "1", "publish_status": 0}}})["ending"]["acknowledged"], True)
    sim("POST", person.path + "/unfollow", {"wait": True})

print("refusals")
wrong = sim("PUT", f"/accounts/{account['app_id']}/callback", {**where, "token": "another1", "mode": "safe"})
check("a wrong token is not verified", (wrong["ok"], wrong["status"]), (False, 403))
sim("PUT", f"/accounts/{account['app_id']}/callback", {**where, "token": "another1", "mode": "safe", "unverified": True})
sim("PUT", "/settings", {"retry_gap_ms": 10})
ending = person.follow()
check("three attempts, then the notice", (ending["acknowledged"], ending["attempts"]), (False, 3))
check("the notice", person.last()["code"], "unavailable")
sim("PUT", "/settings", {})
print("WeRoBot as server: all as on the platform")
