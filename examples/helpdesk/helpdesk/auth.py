# SPDX-License-Identifier: MIT
"""Who asks. A token names a person, a company and roles, and is signed; its claims become the user context, which the
policies in schema.sql read. In a real help desk an identity provider makes the tokens: here it is

    python3 -m helpdesk.auth PERSON_ID COMPANY_ID [ROLE]...
"""

import base64
import hashlib
import hmac
import json
import sys
import time

from fraiseql.fastapi import Unauthenticated

from .settings import Settings


def _signature(secret: bytes, payload: bytes) -> bytes:
    return base64.urlsafe_b64encode(hmac.digest(secret, payload, hashlib.sha256)).rstrip(b"=")


def make_token(secret: bytes, person: int, company: int, roles: list[str], seconds: int = 3600) -> str:
    """A token for one person, good for some time."""
    claims = {"user_id": person, "tenant_id": company, "roles": roles, "until": int(time.time()) + seconds}
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")
    return (payload + b"." + _signature(secret, payload)).decode()


def read_token(secret: bytes, token: str) -> dict:
    """Its claims; Unauthenticated where it is not one of ours or too old."""
    payload, _, signature = token.encode("latin-1", "replace").partition(b".")
    if not hmac.compare_digest(signature, _signature(secret, payload)):
        raise Unauthenticated
    claims = json.loads(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
    if claims.pop("until") < time.time():
        raise Unauthenticated
    return claims


class ContextGetter:
    """The user context of a request. Without a token there is none, and the policies show nothing."""

    def __init__(self, secret: bytes):
        self.secret = secret

    def __call__(self, request) -> dict | None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if not kind:
            return None
        if kind.lower() != "bearer":
            raise Unauthenticated
        return read_token(self.secret, token.strip())


if __name__ == "__main__":
    print(make_token(Settings().secret, int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
