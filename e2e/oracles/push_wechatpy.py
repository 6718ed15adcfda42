# environment: py1
"""wechatpy seals the pushes and opens our replies; its parser reads them."""
import xmltodict
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import deserialize_reply

import _push

crypto = WeChatCrypto(_push.TOKEN, _push.AES_KEY, _push.APP_ID)


def seal(inner, timestamp, nonce):
    envelope = xmltodict.parse(crypto.encrypt_message(inner, nonce, timestamp))["xml"]
    return envelope["Encrypt"], envelope["MsgSignature"]


def open_reply(text):
    envelope = xmltodict.parse(text)["xml"]
    inner = crypto.decrypt_message(text, envelope["MsgSignature"], envelope["TimeStamp"], envelope["Nonce"])
    inner = inner if isinstance(inner, str) else inner.decode()
    # A reply that its own parser cannot read would be no reply.
    deserialize_reply(inner)
    return inner


_push.run(seal, open_reply)
