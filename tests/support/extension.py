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
    """Only ever replaces links, and only in a folder that is none: the sources themselves are never written."""
    assert not os.path.islink(os.path.dirname(path)), path
    if os.path.islink(path) and os.readlink(path) == target:
        return
    assert os.path.islink(path) or not os.path.exists(path), path
    temporary = "%s.%d" % (path, os.getpid())
    os.symlink(target, temporary)
    os.replace(temporary, path)  # several processes may be at it


def _wanted():
    """{path in the package: file}."""
    native = built()
    assert native, "%s/python holds no extension: build with -Dpython_extension=true" % BUILD
    wanted = {os.path.basename(native): native}
    for folder, folders, names in os.walk(SOURCES):
        folders[:] = [f for f in folders if f != "__pycache__"]
        for name in names:
            full = os.path.join(folder, name)
            wanted[os.path.relpath(full, SOURCES)] = full
    bundle = os.path.join(BUILD, "python", "graphiql.zip")
    if os.path.exists(bundle):
        wanted[os.path.join("fastapi", "graphiql.zip")] = bundle
    return wanted


def path():
    """The folder that holds the package `fraiseql`; made where it is missing."""
    root = os.path.join(BUILD, "python", "path")
    package = os.path.join(root, "fraiseql")
    wanted = _wanted()
    for name, target in wanted.items():
        os.makedirs(os.path.dirname(os.path.join(package, name)), exist_ok=True)
        _link(target, os.path.join(package, name))
    for folder, _, names in os.walk(package):
        for name in names:
            link = os.path.join(folder, name)
            if os.path.relpath(link, package) not in wanted and os.path.islink(link):
                os.unlink(link)
    return root


def use():
    """Makes `import fraiseql` in this process find it."""
    folder = path()
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return folder
