# SPDX-License-Identifier: MIT
"""`fraiseql check`: what it reads, what it prints where, and its exit codes."""

import json
import os
import pty
import subprocess

import pytest

from support.server import PROGRAM, environment, run_program

SDL = """type Query { hero(id: ID!, tags: [String!] = ["a"]): Hero  heroes: [Hero!]! }
type Hero { name: String!  home: Planet  old: Int @deprecated(reason: "gone") }
type Planet { title: String }
"""
SCHEMA_JSON = {"tables": {"users": {"view_name": "v_user", "sql_columns": ["id", "name"], "jsonb_column": None}},
               "types": {"User": {"name": "User", "fields": {"id": {"graphql_type": "Int", "sql_type": "int4", "is_scalar": True},
                                                           "name": {"graphql_type": "String", "sql_type": "text", "is_scalar": True}}}}}
GOOD = "query A($id: ID!) { hero(id: $id) { name } }"
BAD = "query A {\n  heroes {\n    nmae\n  }\n}\n"


@pytest.fixture
def place(tmp_path):
    (tmp_path / "schema.graphql").write_text(SDL)
    (tmp_path / "schema.json").write_text(json.dumps(SCHEMA_JSON))
    (tmp_path / "good.graphql").write_text(GOOD)
    (tmp_path / "bad.graphql").write_text(BAD)
    return tmp_path


def check(place, *arguments, schema="schema.graphql", **more):
    return run_program("check", "--schema", str(place / schema), *[str(a) for a in arguments], **more)


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def on_terminal(*arguments, env=None, input=None):
    """(exit code, output) of the program with a terminal as its output."""
    leader, follower = pty.openpty()
    process = subprocess.Popen([PROGRAM, "check", *arguments], stdin=subprocess.PIPE, stdout=follower, stderr=subprocess.PIPE,
                               env=environment(**{"TERM": "xterm", **(env or {})}))
    os.close(follower)
    process.stdin.write((input or "").encode())
    process.stdin.close()
    output = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:
            break
        if not part:
            break
        output += part
    os.close(leader)
    return process.wait(60), output.decode().replace("\r\n", "\n")


# -- JSON lines ---------------------------------------------------------------------------------------------------------

def test_a_valid_file(place):
    done = check(place, place / "good.graphql")
    assert (done.returncode, done.stderr) == (0, "")
    assert lines(done) == [{"file": str(place / "good.graphql"), "valid": True, "errors": []}]


def test_an_invalid_file(place):
    done = check(place, place / "bad.graphql")
    assert done.returncode == 1
    assert lines(done) == [{"file": str(place / "bad.graphql"), "valid": False, "errors": [
        {"message": 'Cannot query field "nmae" on type "Hero". Did you mean "name"?', "locations": [{"line": 3, "column": 5}]}]}]


def test_a_syntax_error(place):
    done = check(place, input="{ heroes {\n")
    assert done.returncode == 1
    assert lines(done)[0]["errors"] == [{"message": "Syntax Error: Expected Name, found <EOF>.", "locations": [{"line": 2, "column": 1}]}]


def test_several_files_are_all_checked(place):
    done = check(place, place / "bad.graphql", place / "good.graphql")
    assert done.returncode == 1
    assert [(os.path.basename(l["file"]), l["valid"]) for l in lines(done)] == [("bad.graphql", False), ("good.graphql", True)]


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_standard_input(place, arguments):
    done = check(place, *arguments, input=GOOD)
    assert done.returncode == 0
    assert lines(done) == [{"file": "<stdin>", "valid": True, "errors": []}]


def test_columns_count_utf16_units(place):
    done = check(place, input='{ hero(id: "\U0001F600") { nope } }')
    assert lines(done)[0]["errors"][0]["locations"] == [{"line": 1, "column": 20}]


def test_input_that_is_no_utf8(place):
    (place / "broken.graphql").write_bytes(b"{ heroes { name } } # \xff\xfe")
    done = subprocess.run([PROGRAM, "check", "--schema", str(place / "schema.graphql"), str(place / "broken.graphql")],
                          capture_output=True, env=environment())
    assert done.returncode == 1
    json.loads(done.stdout.decode("utf-8"))


# -- could not run ------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("arguments", [
    ["--schema", "{place}/none.graphql", "{place}/good.graphql"],
    ["--schema", "{place}/schema.graphql", "{place}/none.graphql"],
    ["--schema", "{place}/schema.graphql", "--josn"],
    ["{place}/good.graphql"],
    ["--schema", "{place}/broken.graphql", "{place}/good.graphql"],
    ["--database", "postgresql:///?host=/nowhere", "{place}/good.graphql"],
], ids=["no schema file", "no document", "unknown option", "no source", "invalid schema", "no database"])
def test_could_not_run(place, arguments):
    (place / "broken.graphql").write_text("type Query { a: Missing }")
    done = run_program("check", *[a.format(place=place) for a in arguments], input="")
    assert done.returncode == 2
    assert done.stderr.startswith("fraiseql: error:") and done.stdout == ""


def test_a_file_that_cannot_be_read_keeps_no_other_from_being_checked(place):
    done = check(place, place / "none.graphql", place / "bad.graphql", place, place / "good.graphql")
    assert done.returncode == 2
    assert [(os.path.basename(l["file"]), l["valid"]) for l in lines(done)] == [("bad.graphql", False), ("good.graphql", True)]
    assert done.stderr == (f"fraiseql: error: cannot read '{place}/none.graphql': No such file or directory\n"
                           f"fraiseql: error: cannot read '{place}': Is a directory\n")


def test_as_many_files_as_the_shell_passes(place):
    done = check(place, *[place / "good.graphql"] * 500, place / "bad.graphql")
    assert done.returncode == 1 and [l["valid"] for l in lines(done)] == [True] * 500 + [False]


def test_errors_of_a_schema_are_told(place):
    (place / "broken.graphql").write_text("type Query { a: Missing }")
    assert 'Unknown type "Missing".' in check(place, schema="broken.graphql", input="{ a }").stderr


# -- schemas ------------------------------------------------------------------------------------------------------------

def test_sdl_is_an_alias(place):
    done = run_program("check", "--sdl", str(place / "schema.graphql"), input=GOOD)
    assert done.returncode == 0 and lines(done)[0]["valid"]


def test_schema_json_is_known_by_its_content(place):
    (place / "named.graphql").write_text(" \n" + json.dumps(SCHEMA_JSON))
    for name in ("schema.json", "named.graphql"):
        assert check(place, schema=name, input="{ users(where: {id: {eq: 1}}) { name } }").returncode == 0
        assert check(place, schema=name, input="{ users { nmae } }").returncode == 1


def test_a_database_as_schema(demo_database):
    assert run_program("check", "--database", demo_database, input="{ users { id } }").returncode == 0
    assert run_program("check", "--database", demo_database, input="{ users { nothing } }").returncode == 1


def test_what_schema_prints_can_be_checked_against(demo_database, tmp_path):
    path = tmp_path / "demo.graphql"
    path.write_text(run_program("schema", "--database", demo_database).stdout)
    assert run_program("check", "--schema", str(path), input="{ articles(limit: 1) { author { name } } }").returncode == 0


def test_limits_can_be_set(place):
    deep = "{ heroes { name } }"
    assert check(place, "--max-depth", "2", input=deep).returncode == 0
    assert check(place, "--max-depth", "1", input=deep).returncode == 1
    assert check(place, "--max-tokens", "3", input=deep).returncode == 1


# -- text ---------------------------------------------------------------------------------------------------------------

def test_text_shows_the_line_and_a_caret(place):
    code, output = on_terminal("--schema", str(place / "schema.graphql"), "--color", "never", str(place / "bad.graphql"))
    name = str(place / "bad.graphql")
    assert code == 1
    assert output == (name + ':3:5: Cannot query field "nmae" on type "Hero". Did you mean "name"?\n'
                      "    3 |     nmae\n"
                      "      |     ^\n" + name + ": 1 error\n")


def test_text_of_a_valid_file(place):
    assert on_terminal("--schema", str(place / "schema.graphql"), "--color", "never", "-", input=GOOD) == (0, "<stdin>: valid\n")


def test_json_on_a_terminal_where_asked(place):
    code, output = on_terminal("--schema", str(place / "schema.graphql"), "--json", str(place / "good.graphql"))
    assert code == 0 and json.loads(output)["valid"]


@pytest.mark.parametrize("arguments, env, coloured", [
    ([], {}, True), ([], {"NO_COLOR": "1"}, False), ([], {"TERM": "dumb"}, False), (["--color", "never"], {}, False), (["--color", "always"], {"NO_COLOR": "1"}, True)])
def test_colour(place, arguments, env, coloured):
    _, output = on_terminal("--schema", str(place / "schema.graphql"), *arguments, str(place / "bad.graphql"), env=env)
    assert ("\033[" in output) == coloured


def test_a_document_cannot_command_the_terminal(place):
    _, output = on_terminal("--schema", str(place / "schema.graphql"), "--color", "never", "-", input='{ heroes { nmae } } # \x1b[2J\x07')
    assert "\x1b" not in output and "\x07" not in output


# -- JSONL --------------------------------------------------------------------------------------------------------------

def test_one_request_a_line(place):
    requests = [{"id": "a", "kind": "validate", "schema": str(place / "schema.graphql"), "document": GOOD},
                {"id": 2, "kind": "validate", "schema": str(place / "schema.graphql"), "document": BAD},
                {"id": 3, "kind": "document", "document": "{ a"}, {"id": 4, "kind": "dance"}, {"id": 5, "kind": "validate", "document": GOOD}]
    done = run_program("check", "--jsonl", input="".join(json.dumps(r) + "\n" for r in requests) + "no JSON\n")
    answers = lines(done)
    assert done.returncode == 0
    assert [(a["id"], a.get("valid", "unsupported")) for a in answers] == [("a", True), (2, False), (3, False), (4, "unsupported"), (5, "unsupported"),
                                                                         (None, False)]


def test_lines_without_a_schema_take_the_given_one(place):
    done = run_program("check", "--jsonl", "--schema", str(place / "schema.graphql"), input=json.dumps({"id": 1, "kind": "validate", "document": GOOD}))
    assert lines(done) == [{"id": 1, "valid": True, "errors": []}]
