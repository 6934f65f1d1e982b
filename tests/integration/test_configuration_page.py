# SPDX-License-Identifier: MIT
"""docs/configuration.md lists exactly the options that the program has, with their arguments, names, defaults and commands."""

import os
import re

import pytest

from support.server import ROOT, run_program

COMMANDS = ["serve", "query", "explain", "introspect", "schema", "check", "demo"]


def options_of_the_program():
    """{flag: (argument or choices, variable, default, commands)}"""
    options = {}
    for command in COMMANDS:
        lines = run_program("help", command).stdout.split("\n")
        for line, following in zip(lines, lines[1:]):
            variable = re.search(r"^\s+\[env (\w+)\]$", following)
            if not variable:
                continue
            flag, argument, text = re.match(r"  (--[a-z-]+)(?: (\S+))?\s+(.*)$", line).groups()
            preset = re.search(r" \[([^\]]*)\]$", text)
            choices = re.search(r" \((\w+(?: \w+)+)\)", text) if argument in ("WHEN", "MODE") else None
            if choices:
                argument = choices[1].replace(" ", "|")
            options.setdefault(flag, (argument, variable[1], preset[1] if preset else "", []))[3].append(command)
    return options


def options_of_the_page():
    options = {}
    with open(os.path.join(ROOT, "docs", "configuration.md")) as f:
        for line in f:
            if not line.startswith("| `--"):
                continue
            flag, names, preset, _, commands = [c.strip() for c in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
            name, _, argument = flag.strip("`").replace("\\|", "|").partition(" ")
            variable, key = [n.strip().strip("`") for n in names.split(",")]
            assert variable == "FRAISEQL_" + name[2:].replace("-", "_").upper() and key == name[2:].replace("-", "_"), line
            commands = {"all": COMMANDS, "all but demo": COMMANDS[:-1]}.get(commands) or commands.split(", ")
            assert name not in options, "twice: " + name
            options[name] = (argument or None, variable, preset.strip("`"), commands)
    return options


def test_the_page_lists_exactly_the_options():
    program, page = options_of_the_program(), options_of_the_page()
    assert len(program) > 50
    assert sorted(program) == sorted(page)
    for flag, option in program.items():
        assert page[flag] == option, flag


def test_the_example_of_the_page_is_a_configuration(tmp_path):
    with open(os.path.join(ROOT, "docs", "configuration.md")) as f:
        example = re.search(r"```yaml\n(.*?)```", f.read(), re.S)[1]
    path = tmp_path / "fraiseql.yaml"
    path.write_text(example.replace("postgresql:///shop", "postgresql://nobody@127.0.0.1:1/nothing"))
    done = run_program("serve", "--config", str(path))
    assert done.returncode == 2 and "unknown" not in done.stderr and "127.0.0.1" in done.stderr, done.stderr


@pytest.mark.parametrize("flag, key, near", [("--max-row", None, "--max-rows"), (None, "max_row", "max_rows"), (None, "databse", "database")])
def test_mistakes_name_the_nearest(tmp_path, flag, key, near):
    if key:
        path = tmp_path / "c.yaml"
        path.write_text("%s: 3\n" % key)
        done = run_program("serve", "--config", str(path))
    else:
        done = run_program("serve", flag, "3")
    assert done.returncode == 2 and near in done.stderr, done.stderr
