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


def test_average_in_documents_is_a_float(make_database, serve):
    """Not a numeric with more digits than a Float has."""
    server = serve(make_database("""create table tv_note (id int primary key, data jsonb);
        insert into tv_note values (1, '{"rating": 0.5}'), (2, '{"rating": 0.5}'), (3, '{"rating": 1.0}')"""))
    answer = server.post("{ notesAggregate { avg { rating } } }")
    assert answer.text == '{"data":{"notesAggregate":{"avg":{"rating":0.6666666666666666}}}}'
