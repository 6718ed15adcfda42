"""The stage of the oracle scripts: an account of their own on the simulator, people, and checks."""

import json
import os
import random
import socket
import string
import sys
import time
import urllib.error
import urllib.request

SIM = os.environ["SIM_URL"].rstrip("/")


def letters(count, choice=string.ascii_letters + string.digits):
    return "".join(random.choice(choice) for _ in range(count))


def sim(method, path, body=None):
    """Calls the simulator's admin API; an error answer ends the script."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(SIM + "/_sim" + path, method=method, data=data)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        sys.exit(f"{method} {path}: {error.code} {error.read().decode()}")


def account(**more):
    """A new account; gives everything an operator would copy."""
    made = {
        "app_id": "wx" + letters(16, "0123456789abcdef"),
        "app_secret": letters(32, "0123456789abcdef"),
        "original_id": "gh_" + letters(12, "0123456789abcdef"),
        "name": "oracle",
        "account_kind": "service",
    }
    sim("POST", "/accounts", {**made, **more})
    return {**made, "token": letters(16), "aes_key": letters(43)}


class Person:
    """A person with a phone, and his chat with one account."""

    def __init__(self, app_id):
        self.app_id = app_id
        self.id = sim("POST", "/people", {})["id"]
        self.path = f"/accounts/{app_id}/people/{self.id}"

    def chat(self):
        return sim("GET", f"/people/{self.id}/chats/{self.app_id}")

    @property
    def openid(self):
        return self.chat()["openid"]

    def follow(self, scene=None):
        return sim("POST", self.path + "/follow", {"scene": scene, "wait": True})["ending"]

    def says(self, text):
        return self.sends({"type": "text", "text": text})

    def sends(self, message):
        return sim("POST", self.path + "/messages", {**message, "wait": True})["ending"]

    def clicks(self, key):
        return sim("POST", self.path + "/menu-clicks", {"key": key, "wait": True})["ending"]

    def last(self):
        """The last thing the person saw."""
        return self.chat()["items"][-1]["content"]


def check(what, found, wanted):
    if found != wanted:
        sys.exit(f"FAILED {what}: wanted {wanted!r}, found {found!r}")
    print(f"  ok {what}")


def comes(what, look, wanted):
    """Looks again and again, five seconds at most: what happens in the background comes within moments."""
    until = time.monotonic() + 5
    while (found := look()) != wanted and time.monotonic() < until:
        time.sleep(0.02)
    check(what, found, wanted)


def true(what, claim):
    if not claim:
        sys.exit(f"FAILED {what}")
    print(f"  ok {what}")


def free_port():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def wait_for(port, seconds=15):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"nothing listens on port {port} after {seconds} s")


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
MP4 = bytes.fromhex("000000186674797069736f6d0000020069736f6d6d703431") + bytes(64)
AMR = b"#!AMR\n" + bytes([0x3C] + [0] * 31) * 50
