# SPDX-License-Identifier: MIT
"""docs/decorators.md and docs/fastapi.md say what is so."""

import dataclasses
import os
import re

import psycopg
from httpx import AsyncClient

import fraiseql
import fraiseql.types
from fraiseql.fastapi import FraiseQLConfig
from support.server import ROOT


def page(name):
    with open(os.path.join(ROOT, "docs", name)) as file:
        return file.read()


def block(text, language, number=0):
    return re.findall(r"^```%s\n(.*?)^```" % language, text, re.S | re.M)[number]


async def test_the_example_of_decorators_md(make_database):
    text = page("decorators.md")
    url = make_database(block(text, "sql"))
    with psycopg.connect(url, autocommit=True) as sql:
        sql.execute("insert into tb_note (title) values ('first')")
    names = {"__name__": "documented"}
    exec(block(text, "python").replace("postgresql:///notes", url), names)
    app = names["app"]
    try:
        async with AsyncClient(app=app, base_url="http://test") as client:
            async def ask(query):
                return (await client.post("/graphql", json={"query": query})).json()["data"]

            (note,) = (await ask("{ notes { id title content } }"))["notes"]
            assert note == {"id": note["id"], "title": "first", "content": None}
            assert (await ask('{ note(id: "%s") { title } }' % note["id"])) == {"note": {"title": "first"}}
            assert (await ask('mutation { createNote(input: {title: "x", content: "y"}) { title content } }')) == {
                "createNote": {"title": "x", "content": "y"}}
        sdl = app.state.fraiseql.connect().schema_sdl()
        for field in ("note(id: UUID!): Note", "createNote(input: CreateNoteInput!): Note"):
            assert "`%s`" % field in text and "  %s\n" % field in sdl
        assert '  """At most 200 characters"""\n  title: String!' in sdl
    finally:
        app.state.fraiseql.close()


def test_every_setting_is_in_fastapi_md():
    text = page("fastapi.md")
    for field in dataclasses.fields(FraiseQLConfig):
        assert "`%s`" % field.name in text, field.name


def test_everything_public_is_documented():
    for name in fraiseql.__all__:
        thing = getattr(fraiseql, name)
        assert name.startswith("__") or thing.__doc__, name
    for name in fraiseql.types.__all__:
        thing = getattr(fraiseql.types, name)
        assert not isinstance(thing, type) or thing.__doc__, name
    for name in fraiseql.fastapi.__all__:
        assert getattr(fraiseql.fastapi, name).__doc__, name
