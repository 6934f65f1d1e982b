# SPDX-License-Identifier: MIT
"""What differs between a laptop and a server, from the environment."""

import os
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """HELPDESK_DATABASE, HELPDESK_SECRET, HELPDESK_PRODUCTION=1."""

    database: str = field(default_factory=lambda: os.environ.get("HELPDESK_DATABASE", "postgresql://helpdesk_app@/helpdesk"))
    secret: bytes = field(default_factory=lambda: os.environ.get("HELPDESK_SECRET", "only for a laptop").encode())
    production: bool = field(default_factory=lambda: os.environ.get("HELPDESK_PRODUCTION") == "1")
    documents: Path = Path(__file__).parent.parent / "documents"

    def __post_init__(self):
        if self.production and self.secret == b"only for a laptop":
            raise ValueError("set HELPDESK_SECRET")
