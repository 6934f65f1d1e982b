# SPDX-License-Identifier: MIT
"""From an existing GraphQL application to this one, a share of the traffic at a time.

    from fraiseql.rollout import Rollout, header_key

    app = Rollout(existing=legacy_app, new=new_app, share=5, key=header_key("x-user-id"), shadow=10)

Both are ASGI applications, and so is the result; no framework is needed. See docs/rollout.md.
"""

from .breaker import Breaker
from .compare import Difference
from .keys import client_key, cookie_key, header_key
from .rollout import Report, Rollout
from .upstream import Upstream

__all__ = ["Breaker", "Difference", "Report", "Rollout", "Upstream", "client_key", "cookie_key", "header_key"]
