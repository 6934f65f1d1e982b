# SPDX-License-Identifier: MIT
"""The program's commands: exit codes, what goes to which stream, and that the printed schemas are the schema."""

import json

import psycopg
import pytest

from support.server import run_program


def query(url, *arguments, **more):
    return run_program("query", "--database", url, *arguments, **more)


def test_query_prints_the_answer(demo_database):
    done = query(demo_database, "{ users(limit: 1) { id firstName } }")
    assert (done.returncode, done.stderr) == (0, "")
    with psycopg.connect(demo_database) as connection:
        row = connection.execute("select id::text, data->>'firstName' from tv_user order by id limit 1").fetchone()
    assert json.loads(done.stdout) == {"data": {"users": [{"id": row[0], "firstName": row[1]}]}}


def test_query_from_standard_input_with_variables(demo_database):
    done = query(demo_database, "--variables", '{"n": 3}', "--operation", "B", "-",
                 input="query A { users { id } } query B($n: Int!) { users(limit: $n) { identifier } }")
    assert done.returncode == 0
    assert len(json.loads(done.stdout)["data"]["users"]) == 3


def test_exit_codes(demo_database):
    wrong = query(demo_database, "{ invalidField { id } }")
    assert wrong.returncode == 1
    assert json.loads(wrong.stdout)["errors"][0]["message"] == 'Cannot query field "invalidField" on type "Query".'
    no_database = query("postgresql:///?host=/nowhere", "{ users { id } }")
    assert no_database.returncode == 2
    assert no_database.stdout == "" and no_database.stderr.startswith("fraiseql: error:")
    assert run_program("query").returncode == 2
    assert run_program("quarry").returncode == 2


def test_unknown_options_name_the_nearest():
    done = run_program("serve", "--databse", "x")
    assert done.returncode == 2
    assert "--database" in done.stderr
    done = run_program("schema", env={"FRAISEQL_DATABSE": "x", "FRAISEQL_MAX_ROWZ": "1"})
    assert "FRAISEQL_DATABSE is not known; did you mean FRAISEQL_DATABASE" in done.stderr
    assert "FRAISEQL_MAX_ROWZ is not known; did you mean FRAISEQL_MAX_ROWS" in done.stderr


def test_an_unknown_option_is_named_in_full():
    name = "no-" + "a-very-long-name" * 20
    assert f"unknown option '--{name}'\n" in run_program("serve", f"--{name}=1").stderr


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:80x", "127.0.0.1:-1", "127.0.0.1:65536",
                                     "127.0.0.1:999999999999999999999", "unix:", "unix:" + "x" * 200, "no host:80"])
def test_addresses_that_are_none(demo_database, address):
    done = run_program("serve", "--database", demo_database, "--listen", address, timeout=20)
    assert (done.returncode, done.stdout) == (2, "") and "fraiseql: error: " in done.stderr, done.stderr


def test_configuration_file(demo_database, tmp_path):
    file = tmp_path / "c.yaml"

    def run(text, *arguments, **more):
        file.write_text(text)
        return query(demo_database, "--config", str(file), "{ users { id } }", *arguments, **more)

    def count(done):
        assert done.returncode == 0, done.stderr
        return len(json.loads(done.stdout)["data"]["users"])

    # the flag before the variable, that before the file
    assert count(run("max_rows: 3")) == 3
    assert count(run("listen: [127.0.0.1:1, 'unix:/x']\ninclude:\n  - tv_*\n  - v_*\nmax_rows: 3\n")) == 3
    assert count(run("max_rows: 3", env={"FRAISEQL_MAX_ROWS": "2"})) == 2
    assert count(run("max_rows: 3", "--max-rows", "1", env={"FRAISEQL_MAX_ROWS": "2"})) == 1
    for text, message in [
        ("max_rowz: 3", "unknown key 'max_rowz'; did you mean 'max_rows'?"),
        ("max-rows: 3", "unknown key 'max-rows'; did you mean 'max_rows'?"),
        ("max_rows: 3\nmax_rows: 4", "c.yaml:2:11: max_rows: it takes one value, and has one already"),
        ("max_rows: [3, 4]", "c.yaml:1:15: max_rows: it takes one value, and has one already"),
        ("max_rows: many", "c.yaml:1:11: max_rows: 'many' is not a whole number"),
        ("max_rows: {a: 1}", "keys are flat"),
        ("- max_rows", "c.yaml:1:1: "),
        ("max_rows: 'x", "c.yaml:"),
    ]:
        done = run(text)
        assert (done.returncode, done.stdout) == (2, "") and message in done.stderr, (text, done.stderr)


def test_user_context_reaches_the_statement(make_database):
    url = make_database("""
        create table secret (id int primary key, owner text not null);
        insert into secret values (1, 'ada'), (2, 'ben'), (3, 'ada');
        create view mine as select id from secret where owner = current_setting('app.user_id', true);
        create view context as select 1 as id, current_setting('app.user_id', true) as user_id, current_setting('app.roles', true) as roles;
    """)
    text = "{ mines { id } contexts { userId roles } }"
    for user, ids in (("ada", [1, 3]), ("ben", [2]), ("carl", [])):
        done = query(url, "--as", json.dumps({"user_id": user, "roles": ["a", "b"]}), text)
        data = json.loads(done.stdout)["data"]
        assert [row["id"] for row in data["mines"]] == ids
        assert data["contexts"][0]["userId"] == user
        assert json.loads(data["contexts"][0]["roles"]) == ["a", "b"]
    data = json.loads(query(url, text).stdout)["data"]
    assert data["mines"] == []
    assert not data["contexts"][0]["userId"]


def test_explain_shows_the_sql_and_it_runs(demo_database):
    done = run_program("explain", "--json", "--database", demo_database, "{ users(limit: 2) { id firstName } }")
    assert done.returncode == 0, done.stderr
    json.loads(done.stdout)
    assert "tv_user" in done.stdout
    readable = run_program("explain", "--database", demo_database, "{ articles(limit: 2) { title author { name } } }")
    assert readable.returncode == 0
    assert "select" in readable.stdout.lower() and "article" in readable.stdout


@pytest.fixture(scope="module")
def introspected(demo_database):
    done = run_program("introspect", "--database", demo_database)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_printed_json_gives_the_same_schema(demo_database, introspected, tmp_path):
    path = tmp_path / "schema.json"
    path.write_text(introspected)
    direct = run_program("schema", "--database", demo_database)
    loaded = run_program("schema", "--schema", str(path))
    assert direct.returncode == 0 and loaded.returncode == 0, loaded.stderr
    assert loaded.stdout == direct.stdout
    assert "type User {" in direct.stdout and "type Article {" in direct.stdout
    # And the same answers.
    text = '{ users(where: {status: "active"}, limit: 3) { id equipment { name } } articles(limit: 2) { title author { name } } }'
    one, two = query(demo_database, text), query(demo_database, "--schema", str(path), text)
    assert one.stdout == two.stdout and '"users":[{' in one.stdout


def test_schema_json_in_the_form_of_fraiseql(demo_database, tmp_path):
    schema = {
        "tables": {"users": {"view_name": "v_user", "sql_columns": ["id"], "jsonb_column": "data", "fk_mappings": {}, "has_jsonb_data": True}},
        "types": {"User": {"name": "User", "fields": {
            "id": {"graphql_type": "UUID", "sql_type": "uuid", "is_scalar": True, "is_list": False},
            "firstName": {"graphql_type": "String", "sql_type": "text", "is_scalar": True, "is_list": False},
            "status": {"graphql_type": "String", "sql_type": "text", "is_scalar": True, "is_list": False}}}},
    }
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(schema))
    done = query(demo_database, "--schema", str(path), '{ users(where: {status: "inactive"}, limit: 4) { id firstName } }')
    assert done.returncode == 0, done.stdout + done.stderr
    with psycopg.connect(demo_database) as connection:
        rows = connection.execute("select id::text, data->>'firstName' from v_user where data->>'status' = 'inactive' order by id limit 4").fetchall()
    assert json.loads(done.stdout)["data"]["users"] == [{"id": i, "firstName": f} for i, f in rows]


def test_help_and_version():
    assert run_program("--version").stdout.startswith("fraiseql ")
    for command in ("serve", "query", "explain", "schema", "introspect", "demo"):
        done = run_program("help", command)
        assert done.returncode == 0 and command in done.stdout
