"""Pushes callbacks to our server as the platform does, with somebody else's crypto.

A script brings two functions: seal(inner, timestamp, nonce) -> (encrypted, message signature)
and open(reply) -> inner XML. Everything else, the requests and what they must be answered, is here.
"""
import hashlib
import json
import os
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

HOOK, TOKEN, AES_KEY, APP_ID, ACCOUNT = (os.environ[name] for name in ("HOOK", "TOKEN", "AES_KEY", "APP_ID", "ACCOUNT"))
failures = []
counter = [0]


def check(what, good, detail=""):
    """One line for each thing looked at."""
    print(("ok      " if good else "FAILED  ") + what + ("" if good else f": {detail}"))
    if not good:
        failures.append(what)


def finish():
    print(f"{len(failures)} failed")
    raise SystemExit(1 if failures else 0)


def sign(*parts):
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def call(query, body=None):
    """Status and text of one request; a refusal is an answer too."""
    url = HOOK + "?" + urllib.parse.urlencode(query)
    data = body if body is None or isinstance(body, bytes) else body.encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "text/xml"})
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")


def envelope(seal, inner, openid):
    """A safe-mode request: query and body."""
    counter[0] += 1
    timestamp, nonce = str(int(time.time())), str(700000000 + counter[0])
    encrypted, message_signature = seal(inner, timestamp, nonce)
    query = dict(signature=sign(TOKEN, timestamp, nonce), timestamp=timestamp, nonce=nonce, openid=openid,
                 encrypt_type="aes", msg_signature=message_signature)
    return query, f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"


def push(seal, open_reply, inner, openid):
    """Status and the decrypted reply (or the bare text when nothing was encrypted)."""
    query, body = envelope(seal, inner, openid)
    status, text = call(query, body)
    return status, open_reply(text) if "<Encrypt>" in text else text


def field(xml, name):
    found = re.search(rf"<{name}>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</{name}>", xml, re.S)
    return found.group(1) if found else None


def text_message(openid, text, msg_id):
    return (f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
            f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
            f"<Content><![CDATA[{text}]]></Content><MsgId>{msg_id}</MsgId></xml>")


def examples():
    """Every inbound example, each from a customer of its own, sent just now."""
    with open(os.environ["EXAMPLES"], encoding="utf-8") as file:
        for number, example in enumerate(json.load(file)["examples"]):
            openid = f"oOracle{os.getpid():08d}{number:013d}"
            xml = re.sub(r"(<FromUserName>).*?(</FromUserName>)", rf"\g<1><![CDATA[{openid}]]>\g<2>", example["xml"])
            xml = re.sub(r"(<ToUserName>).*?(</ToUserName>)", rf"\g<1><![CDATA[{ACCOUNT}]]>\g<2>", xml)
            xml = re.sub(r"(<CreateTime>)\d+(</CreateTime>)", rf"\g<1>{int(time.time())}\g<2>", xml)
            yield example, xml, openid


def push_everything(seal, open_reply):
    """Each example three times, the last two at the same time: one answer."""
    all_examples = list(examples())
    check("there are examples", len(all_examples) >= 20, len(all_examples))
    for example, xml, openid in all_examples:
        name = f"example {example['id']}"
        status, first = push(seal, open_reply, xml, openid)
        good = status == 200 and (first in ("", "success") or field(first, "ToUserName") == openid)
        if field(xml, "MsgType") == "text":
            # Whatever a text says, something is said to it.
            good = good and bool(field(first, "Content"))
        check(name, good, f"HTTP {status} {first[:200]}")
        again = []
        threads = [threading.Thread(target=lambda: again.append(push(seal, open_reply, xml, openid)))
                   for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        replies = [(status, field(text, "Content") or text) for status, text in again]
        expected = (200, field(first, "Content") or first)
        # A thread that broke down left nothing behind.
        check(name + ", repeated", replies == [expected] * 2, f"{expected} then {replies}")


def push_answers(seal, open_reply, rules):
    """Rules are answered with their own words, encrypted so that the other side can read them."""
    for number, (word, answer) in enumerate(list(rules["keywords"].items()) + list(rules["menu"].items())):
        openid = f"oAnswer{os.getpid():08d}{number:013d}"
        status, reply = push(seal, open_reply, text_message(openid, word, 700000000000 + os.getpid() * 1000 + number), openid)
        check(f"answer to {word}", status == 200 and field(reply, "Content") == answer, f"HTTP {status} {reply[:200]}")


def push_nonsense(seal, open_reply):
    """What is forged or broken is refused in words, and the next customer is still served."""
    openid = f"oNonsense{os.getpid():019d}"
    inner = text_message(openid, "余额", 800000000000 + os.getpid())
    query, body = envelope(seal, inner, openid)
    wrong = dict(query, msg_signature="0" * 40)
    cases = {
        "a forged message signature": (wrong, body),
        "no signature at all": ({}, body),
        "a truncated body": (query, body[: len(body) // 2]),
        "no body": (query, b""),
        "not XML": (query, b"hello"),
        "not UTF-8": (query, b"<xml><ToUserName>\xff\xfe</ToUserName><Encrypt>AAAA</Encrypt></xml>"),
        "entities": (query, b'<!DOCTYPE x [<!ENTITY a "b">]><xml><ToUserName>&a;</ToUserName><Encrypt>&a;</Encrypt></xml>'),
        "deep nesting": (query, b"<xml>" + b"<a>" * 20000 + b"</a>" * 20000 + b"</xml>"),
        "an oversized body": (query, b"<xml>" + b"x" * 5_000_000 + b"</xml>"),
    }
    for name, (case_query, case_body) in cases.items():
        try:
            status, text = call(case_query, case_body)
        except OSError as error:
            # The server may close the connection on an oversized body before it was read whole; on nothing else.
            status, text = (413 if name == "an oversized body" else 0), str(error)
        check(f"{name} is refused", 400 <= status < 500, f"HTTP {status} {text[:200]}")
    other = inner.replace(ACCOUNT, "gh_somebodyelse")
    status, reply = push(seal, open_reply, other, openid)
    check("a message for another account is not answered", status in (200, 403, 400) and "<Content>" not in reply, f"HTTP {status} {reply[:200]}")
    status, reply = push(seal, open_reply, inner, openid)
    check("after all that a customer is answered", status == 200 and field(reply, "Content") is not None, f"HTTP {status} {reply[:200]}")


def push_sealed_nonsense(raw, open_reply):
    """What is broken inside a perfect envelope: the signature lets it through, the reader must not choke."""
    head = f"<ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><FromUserName><![CDATA[oSealed{os.getpid():021d}]]></FromUserName>"
    when = f"<CreateTime>{int(time.time())}</CreateTime>"
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    cases = {
        "sealed: no XML": ("hello", "refused"),
        "sealed: nothing": ("<xml></xml>", "refused"),
        "sealed: entities": (f'<!DOCTYPE x [<!ENTITY e0 "ha">{bomb}]><xml>{head}{when}<MsgType>text</MsgType>'
                             f"<Content>&e9;</Content><MsgId>{os.getpid()}01</MsgId></xml>", "refused"),
        "sealed: deep nesting": ("<xml>" + "<a>" * 5000 + "</a>" * 5000 + "</xml>", "refused"),
        "sealed: cut short": (f"<xml>{head}{when}<MsgType><![CDATA[text", "refused"),
        "sealed: an unknown kind": (f"<xml>{head}{when}<MsgType><![CDATA[hologram]]></MsgType>"
                                    f"<Beam>1</Beam><MsgId>{os.getpid()}02</MsgId></xml>", "kept"),
    }
    for name, (inner, wanted) in cases.items():
        begun = time.monotonic()
        try:
            status, reply = push(raw, open_reply, inner, "oSealed")
        except OSError as error:
            status, reply = 0, str(error)
        good = 400 <= status < 500 if wanted == "refused" else status == 200
        check(f"{name} is {wanted}", good and time.monotonic() - begun < 4.5, f"HTTP {status} {reply[:200]}")


def verify_address():
    """The GET with which the platform makes sure of an address."""
    timestamp, nonce = str(int(time.time())), "424242"
    query = dict(signature=sign(TOKEN, timestamp, nonce), timestamp=timestamp, nonce=nonce, echostr="5837291")
    check("the address is verified", call(query) == (200, "5837291"), call(query))
    status, text = call(dict(query, signature="f" * 40))
    check("a forged verification is refused", status == 403 and "5837291" not in text, f"HTTP {status} {text}")


def run(seal, open_reply, raw=None):
    with open(os.environ["RULES"], encoding="utf-8") as file:
        rules = json.load(file)
    verify_address()
    push_everything(seal, open_reply)
    push_answers(seal, open_reply, rules)
    push_sealed_nonsense(raw or seal, open_reply)
    push_nonsense(seal, open_reply)
    finish()
