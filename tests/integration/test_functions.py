# SPDX-License-Identifier: MIT
"""Functions of single values, alone and in sets: nulls, and where errors are said to be."""

import json

import pytest

from support.server import run_program

NAMES = ["moods(mood[])", "set_moods()", "js()", "nums()", "set_nums()", "set_arrays()", "weighed(numeric, mood, date[])", "defaults(int, int, int)"]


@pytest.fixture(scope="module")
def ask(make_database):
    url = make_database("""
        create type mood as enum ('so-so', 'ok');
        create function moods(a mood[]) returns mood[] language sql stable as $$ select a $$;
        create function set_moods() returns setof mood language sql stable as $$ select unnest(enum_range(null::mood)) union all select null $$;
        create function js() returns setof jsonb language sql stable as $$ select '{"a":1}'::jsonb union all select null $$;
        create function nums() returns numeric[] language sql stable as $$ select '{1.50,NaN}'::numeric[] $$;
        create function set_nums() returns setof float8 language sql stable as $$ values (1.5::float8), ('NaN'), (null) $$;
        create function set_arrays() returns setof int[] language sql stable as $$ values ('{1,null}'::int[]), (null), ('{{1}}') $$;
        create function weighed(w numeric, m mood, d date[]) returns text language sql stable as $$ select format('%s %s %s', w, m, d) $$;
        create function defaults(a int default 1, b int default 2, c int default 3) returns int language sql stable as $$ select a * 100 + b * 10 + c $$;
        """ + "".join("comment on function %s is '@fraiseql:query';" % name for name in NAMES))

    def ask(query, variables=None):
        done = run_program("query", "--database", url, *(["--variables", json.dumps(variables)] if variables else []), query)
        answer = json.loads(done.stdout)
        return answer.get("data"), [(e["path"], e["message"]) for e in answer.get("errors", [])]

    return ask


def test_nulls_in_sets(ask):
    assert ask("{ setMoods js }") == ({"setMoods": ["so_so", "ok", None], "js": [{"a": 1}, None]}, [])


def test_paths_of_errors(ask):
    data, errors = ask("{ nums n: setNums setArrays }")
    assert data == {"nums": ["1.50", None], "n": [1.5, None, None], "setArrays": [[1, None], None, None]}
    assert errors == [(["nums", 1], "Decimal cannot represent non numeric value: NaN"),
                      (["n", 1], "Float cannot represent non numeric value: NaN"),
                      (["setArrays", 2], "Arrays of more than one dimension can not be represented as a list.")]


def test_arguments(ask):
    assert ask("{ moods(a: [so_so, null, ok]) }") == ({"moods": ["so_so", None, "ok"]}, [])
    assert ask("query ($m: [Mood]!) { moods(a: $m) }", {"m": ["ok", None]}) == ({"moods": ["ok", None]}, [])
    assert ask('{ weighed(w: "1.50", m: so_so, d: ["2024-01-01", null]) }') == ({"weighed": "1.50 so-so {2024-01-01,NULL}"}, [])


def test_defaults(ask):
    assert ask("{ a: defaults b: defaults(b: 5) c: defaults(a: 9, c: null) d: defaults(c: 7) }") == (
        {"a": 123, "b": 153, "c": None, "d": 127}, [])
    assert ask("query ($b: Int) { defaults(b: $b) }") == ({"defaults": 123}, [])
    assert ask("query ($b: Int) { defaults(b: $b) }", {"b": 4}) == ({"defaults": 143}, [])
