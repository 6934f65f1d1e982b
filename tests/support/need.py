# SPDX-License-Identifier: MIT
"""What a test cannot do without."""

import shutil

import pytest


def need_command(*names):
    """Skips where a command is missing; tests/run makes that a failure under CI."""
    for name in names:
        if not shutil.which(name):
            pytest.skip("not installed: %s (tools/setup test)" % name)
