# SPDX-License-Identifier: MIT
"""pack_graphiql.py NODE SOURCE OUTPUT.zip: the program's GraphiQL bundle as one file of the package.

Without npm or the network the archive is empty, and the package serves a page that says so.
"""

import os
import subprocess
import sys
import tempfile
import zipfile

node, source, output = sys.argv[1:]
with tempfile.TemporaryDirectory() as folder:
    subprocess.run(
        [node, os.path.join(source, "bundle.mjs"), source, os.path.join(folder, "files.c")],
        stdout=subprocess.DEVNULL,
        check=False,
    )
    bundle = os.path.join(folder, "graphiql")
    names = sorted(os.listdir(bundle)) if os.path.isdir(bundle) else []
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            if not name.endswith((".gz", ".br")):
                with open(os.path.join(bundle, name), "rb") as file:  # no times: the same bytes give the same archive
                    archive.writestr(zipfile.ZipInfo(name), file.read(), zipfile.ZIP_DEFLATED)
