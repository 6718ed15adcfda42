# environment: py2
"""WeRoBot seals the pushes and opens our replies; its parser reads both."""
import xml.etree.ElementTree as ElementTree

from werobot.crypto import MessageCrypt
from werobot.parser import parse_xml, process_message

import _push

crypto = MessageCrypt(_push.TOKEN, _push.AES_KEY, _push.APP_ID)


def seal(inner, timestamp, nonce):
    # The other side must be able to read what it is about to send.
    process_message(parse_xml(inner))
    return raw(inner, timestamp, nonce)


def raw(inner, timestamp, nonce):
    envelope = ElementTree.fromstring(crypto.encrypt_message(inner, timestamp, nonce))
    return envelope.findtext("Encrypt"), envelope.findtext("MsgSignature")


def open_reply(text):
    envelope = ElementTree.fromstring(text)
    part = envelope.findtext
    inner = crypto.decrypt_message(part("TimeStamp"), part("Nonce"), part("MsgSignature"), part("Encrypt"))
    inner = inner if isinstance(inner, str) else inner.decode()
    parse_xml(inner)
    return inner


_push.run(seal, open_reply, raw)
