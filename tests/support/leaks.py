# SPDX-License-Identifier: MIT
"""Reading the leak sanitizer's report of a Python process.

Python never frees all that it has, and everything of ours is called by it: a suppression by name, which looks at every
frame of a stack, would hide all or nothing. So the stacks are read: a leak is ours where memory was taken below a frame of
our module without a frame of Python's in between. Objects of Python's that we have made are counted by other tests.
"""

import json
import os
import re


def is_sanitized(build):
    try:
        with open(os.path.join(build, "meson-info", "intro-buildoptions.json")) as f:
            return any(o["name"] == "b_sanitize" and "address" in o["value"] for o in json.load(f))
    except OSError:
        return False


def is_of_python(frame):
    return re.search(r"/python3[.\d]*\+|/libpython", frame) is not None


def of_module(report, module):
    """The stacks of the leaks that are the module's."""
    found = []
    for leak in re.split(r"\n(?=(?:Direct|Indirect) leak of )", report)[1:]:
        frames = re.findall(r"^\s+#\d+ .*$", leak, re.M)
        for frame in frames:
            if is_of_python(frame):
                break
            if module in frame or re.search(r" \.\./(python/)?src/", frame):
                found.append(leak.strip())
                break
    return found
