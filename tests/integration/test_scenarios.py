# SPDX-License-Identifier: MIT
"""FraiseQL v1's own seven scenarios, over HTTP on the demo's schema, compared with what SQL says."""

import uuid

import psycopg
import pytest
from psycopg.rows import dict_row


@pytest.fixture(scope="module")
def sql(demo_database):
    with psycopg.connect(demo_database, autocommit=True, row_factory=dict_row) as connection:
        yield lambda text, *values: connection.execute(text, values).fetchall()


def test_simple_query(demo_server, sql):
    answer = demo_server.post("query { users { id firstName } }")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    rows = sql("select id::text, data->>'firstName' as \"firstName\" from tv_user order by id")
    assert len(rows) == 50
    assert answer.json == {"data": {"users": rows}}


def test_where_with_a_bare_value(demo_server, sql):
    answer = demo_server.post('query { users(where: {status: "active"}) { id name } }')
    assert answer.status == 200
    rows = sql("select id::text, data->>'name' as name from tv_user where data->>'status' = 'active' order by id")
    assert 0 < len(rows) < 50
    assert answer.json == {"data": {"users": rows}}


def test_where_that_fits_nothing(demo_server):
    assert demo_server.gql('{ users(where: {status: "nobody has this"}) { id } }') == {"users": []}


def test_pagination(demo_server, sql):
    answer = demo_server.post("query { users(limit: 10, offset: 5) { id } }")
    assert answer.status == 200
    rows = sql("select id::text from tv_user order by id limit 10 offset 5")
    assert len(rows) == 10
    assert answer.json == {"data": {"users": rows}}


def test_mutation_writes_table_and_document(demo_server, sql):
    before = sql("select count(*) as n from tb_user")[0]["n"]
    answer = demo_server.post('mutation { createUser(input: {name: "John"}) { id name } }')
    assert answer.status == 200
    made = answer.json["data"]["createUser"]
    assert answer.json == {"data": {"createUser": {"id": made["id"], "name": "John"}}}
    uuid.UUID(made["id"])
    assert sql("select first_name, last_name, status from tb_user where id = %s", made["id"]) == [
        {"first_name": "John", "last_name": None, "status": "active"}]
    assert sql("select data->>'name' as name from tv_user where id = %s", made["id"]) == [{"name": "John"}]
    assert sql("select count(*) as n from tb_user")[0]["n"] == before + 1
    # Read back at once, through the engine.
    assert demo_server.gql("query ($id: UUID!) { user(id: $id) { name status equipment { name } } }", {"id": made["id"]}) == {
        "user": {"name": "John", "status": "active", "equipment": []}}


def test_mutation_with_variables(demo_server, sql):
    given = {"name": "Zoë O'Hara", "email": "zoe@example.org", "status": "pending"}
    made = demo_server.gql(
        "mutation Make($input: JSON!) { createUser(input: $input) { id firstName name email status } }", {"input": given})
    made = made["createUser"]
    assert made == {"id": made["id"], "firstName": "Zoë", "name": "Zoë O'Hara", "email": "zoe@example.org", "status": "pending"}
    assert sql("select email, last_name from tb_user where id = %s", made["id"]) == [
        {"email": "zoe@example.org", "last_name": "O'Hara"}]


def test_mutation_that_fails_changes_nothing(demo_server, sql):
    before = sql("select count(*) as n from tb_user")[0]["n"]
    for wrong in ('{email: "nobody@example.org"}', '{name: "Bad", status: "no such status"}'):
        answer = demo_server.post("mutation { createUser(input: %s) { id } }" % wrong)
        assert answer.status == 200
        document = answer.json
        assert document["data"] == {"createUser": None}
        assert [e["path"] for e in document["errors"]] == [["createUser"]]
    assert sql("select count(*) as n from tb_user")[0]["n"] == before


def test_query_with_variables(demo_server, sql):
    query = "query GetUsers($where: UserWhere!) { users(where: $where) { id } }"
    for status in ("active", "inactive", "pending"):
        answer = demo_server.post(query, {"where": {"status": status}})
        assert answer.status == 200
        rows = sql("select id::text from tv_user where data->>'status' = %s order by id", status)
        assert rows
        assert answer.json == {"data": {"users": rows}}


def test_nested_fields(demo_server, sql):
    answer = demo_server.post("query { users { id equipment { name status } } }")
    assert answer.status == 200
    rows = sql("""
        select u.id::text, coalesce((select json_agg(json_build_object('name', e.name, 'status', e.status) order by pk_equipment)
            from tb_equipment e where e.fk_user = u.pk_user), '[]') as equipment
        from tb_user u join tv_user t on t.id = u.id order by u.id""")
    assert sum(len(row["equipment"]) for row in rows) > 50
    assert answer.json == {"data": {"users": rows}}


def test_unknown_field_is_refused(demo_server):
    answer = demo_server.post("query { invalidField { id } }")
    assert answer.status == 400
    document = answer.json
    assert "data" not in document
    assert [e["message"] for e in document["errors"]] == ['Cannot query field "invalidField" on type "Query".']
    assert document["errors"][0]["locations"] == [{"line": 1, "column": 9}]
    assert document["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


def test_both_styles_at_one_endpoint(demo_server, sql):
    data = demo_server.gql("""{
        articles(where: {status: published}, orderBy: [{views: DESC}], limit: 3) {
            id views author { name } tags(orderBy: [{name: ASC}]) { name } comments(limit: 2) { id author { name } parent { id } }
        }
        users(limit: 2) { identifier }
    }""")
    articles = sql("""
        select a.id, a.views::text, json_build_object('name', w.name) as author,
            (select coalesce(json_agg(json_build_object('name', t.name) order by t.name, t.id), '[]') from article_tag x join tag t on t.id = x.tag_id where x.article_id = a.id) as tags,
            (select coalesce(json_agg(json_build_object('id', c.id, 'author', (select json_build_object('name', p.name) from author p where p.id = c.author_id),
                'parent', case when c.parent_id is not null then json_build_object('id', c.parent_id) end) order by c.id), '[]')
             from (select * from comment c where c.article_id = a.id order by id limit 2) c) as comments
        from article a join author w on w.id = a.author_id where a.status = 'published' order by a.views desc, a.id limit 3""")
    users = sql("select data->>'identifier' as identifier from tv_user order by id limit 2")
    assert data == {"articles": articles, "users": users}
