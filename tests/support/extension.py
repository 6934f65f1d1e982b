# SPDX-License-Identifier: MIT
"""The Python package as the build made it: a folder of links to the sources and to the extension, for PYTHONPATH.

An installed `fraiseql` is not touched and not seen.
"""

import glob
import os
import sys

from .server import BUILD, ROOT

SOURCES = os.path.join(ROOT, "python", "fraiseql")


def built():
    """The extension module in the build folder, or None."""
    found = glob.glob(os.path.join(BUILD, "python", "_native.*.so"))
    return found[0] if found else None


def _link(target, path):
    try:
        if os.readlink(path) == target:
            return
        os.unlink(path)
    except OSError:
        pass
    temporary = "%s.%d" % (path, os.getpid())
    os.symlink(target, temporary)
    os.replace(temporary, path)  # several processes may be at it


def path():
    """The folder that holds the package `fraiseql`; made where it is missing."""
    native = built()
    assert native, "%s/python holds no extension: build with -Dpython_extension=true" % BUILD
    folder = os.path.join(BUILD, "python", "path")
    package = os.path.join(folder, "fraiseql")
    os.makedirs(package, exist_ok=True)
    wanted = {os.path.basename(native): native}
    for name in os.listdir(SOURCES):
        if name != "__pycache__":
            wanted[name] = os.path.join(SOURCES, name)
    for name, target in wanted.items():
        _link(target, os.path.join(package, name))
    for name in os.listdir(package):
        if name not in wanted and os.path.islink(os.path.join(package, name)):
            os.unlink(os.path.join(package, name))
    return folder


def use():
    """Makes `import fraiseql` in this process find it."""
    folder = path()
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return folder
