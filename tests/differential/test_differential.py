# SPDX-License-Identifier: MIT
"""A bounded run of the comparison with the model, on fixed seeds, and what longer runs have found before."""

import pytest

from . import compare

SEEDS = 240
PARTS = 6


@pytest.fixture(scope="module")
def database(make_database):
    return make_database(compare.schema_sql())


@pytest.fixture(scope="module")
def made(database):
    return compare.prepare(database)


@pytest.fixture(scope="module")
def server(database, made, serve):  # after the rows are there: fields of documents come from them
    return serve(database)


@pytest.mark.parametrize("part", range(PARTS))
def test_random_queries(server, made, part):
    for wrong in compare.run(server.port, made, range(part * SEEDS // PARTS, (part + 1) * SEEDS // PARTS), clients=4):
        pytest.fail("seed %d\n%s\n%s\nexpected %s\ngot      %s" % wrong)


TWO_LISTS_ABOVE = """
create table groups (id int primary key);
create table persons (id int primary key, group_id int not null references groups);
create table places (id int primary key);
create table signs (id int primary key, place_id int not null references places);
create table visits (person_id int not null references persons, place_id int references places, at int);
insert into groups values (1);
insert into persons values (1, 1), (2, 1);
insert into places values (1), (2);
insert into signs values (7, 2);
insert into visits values (1, 1, 1), (2, 2, 1);
"""


def test_rows_without_a_key_are_numbered_below_each_parent(make_database, serve):
    """The first visit of one person is not the first visit of another one."""
    server = serve(make_database(TWO_LISTS_ABOVE))
    data = server.post("{ groups { people { visits { place { signs { id } } } } } }").data
    assert data == {"groups": [{"people": [{"visits": [{"place": {"signs": []}}]},
                                           {"visits": [{"place": {"signs": [{"id": 7}]}}]}]}]}


def test_computed_floats_of_documents(make_database, serve):
    """Not numerics with more digits than a Float has, or with zeros behind the point."""
    server = serve(make_database("""create table tv_note (id int primary key, data jsonb);
        insert into tv_note values (1, '{"rating": 0.5}'), (2, '{"rating": 0.50}'), (3, '{"rating": 1.0}')"""))
    answer = server.post("{ notesAggregate { sum { rating } avg { rating } } }")
    assert answer.text == '{"data":{"notesAggregate":{"sum":{"rating":2},"avg":{"rating":0.6666666666666666}}}}'


def test_missing_and_null_in_documents_are_filtered_as_they_are_answered(make_database, serve):
    server = serve(make_database("""create table tv_note (id int primary key, data jsonb);
        insert into tv_note values (1, '{"by": null, "any": null}'), (2, '{}'), (3, '{"by": {"name": "x"}, "any": 1}'),
            (4, '{"by": {"name": null}, "any": {}}')"""))
    ask = "{ null: notes(where: {by: null}) { id } not: notes(where: {NOT: {by: null}}) { id } any: notes(where: {any: null}) { id } "
    ask += "some: notes(where: {any: {neq: null}}) { id } set: notes(where: {any: {isnull: false}}) { id } }"
    data = {key: [row["id"] for row in rows] for key, rows in server.post(ask).data.items()}
    assert data == {"null": [1, 2], "not": [3, 4], "any": [1, 2], "some": [3, 4], "set": [3, 4]}


def test_rows_alike_in_all_columns_keep_their_numbers(make_database, serve):
    """Without a key nothing but their numbers tells them apart; what is below them has to come in the same order."""
    server = serve(make_database("""create table groups (id int primary key);
        create table places (id int primary key);
        create table signs (id int primary key, place_id int references places);
        create table visits (group_id int references groups, place_id int references places, n int);
        insert into groups values (1);
        insert into places select generate_series(1, 3000);
        insert into signs select i, i % 3 + 1 from generate_series(1, 9) i;
        insert into visits select 1, i % 2 + 1, i % 4 / 2 from generate_series(1, 60) i;
        analyze;"""))
    visits = server.post("{ groups { visits(orderBy: {n: DESC}) { n place { id signs { id } } } } }").data["groups"][0]["visits"]
    assert [visit["n"] for visit in visits] == [1] * 30 + [0] * 30
    assert all([sign["id"] for sign in visit["place"]["signs"]] == {1: [3, 6, 9], 2: [1, 4, 7]}[visit["place"]["id"]]
               for visit in visits)
