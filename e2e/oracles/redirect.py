"""Sends what a client meant for the platform to the simulator. Paths and queries stay as they are.

Import this before the client: some libraries keep a session, others make one for each call, and their
base addresses cannot all be configured.
"""

import urllib.parse

import requests

from common import SIM

plain_init = requests.Session.__init__


class ToSimulator(requests.adapters.HTTPAdapter):
    def send(self, request, **how):
        url, base = urllib.parse.urlsplit(request.url), urllib.parse.urlsplit(SIM)
        request.url = urllib.parse.urlunsplit((base.scheme, base.netloc, url.path, url.query, ""))
        return super().send(request, **how)


def init(session):
    plain_init(session)
    session.mount("https://", ToSimulator())
    session.mount("http://", ToSimulator())


requests.Session.__init__ = init
