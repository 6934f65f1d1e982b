# SPDX-License-Identifier: MIT
"""Row security by the user context: many tenants, few connections to PostgreSQL, requests of several tenants in one pipeline,
requests that fail and clients that leave. Nobody ever sees a row of another tenant, and without a context nobody sees any."""

import asyncio
import json
import random
import uuid

import psycopg
import pytest

TENANTS = 50
CLIENTS = 32
ROUNDS = 12
HEADER = "X-User-Context"

SQL = """
create table folder (id int primary key, tenant_id int not null, name text not null);
create table paper (id int primary key, tenant_id int not null, folder_id int not null references folder, title text not null);
insert into folder select i, (i - 1) %% %(tenants)d + 1, 'folder ' || i from generate_series(1, %(tenants)d * 4) i;
insert into paper select i, (i - 1) %% %(tenants)d + 1, (i - 1) %% (%(tenants)d * 4) + 1, 'tenant ' || (i - 1) %% %(tenants)d + 1
    from generate_series(1, %(tenants)d * 40) i;
create index on folder (tenant_id);
create index on paper (folder_id);
create function slow_folders() returns setof folder stable language sql as
    $$ select f.* from folder f, pg_sleep(0.2) $$;
alter table folder enable row level security;
alter table paper enable row level security;
create policy own on folder using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::int);
create policy own on paper using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::int);
comment on function slow_folders is '@fraiseql:query';
analyze;
""" % {"tenants": TENANTS}


@pytest.fixture(scope="module")
def role(cluster):
    """A role without rights of its own, gone afterwards."""
    name = "tenant_%s" % uuid.uuid4().hex[:12]
    with cluster.admin() as admin:
        admin.execute('create role "%s" login' % name)
    yield name
    with cluster.admin() as admin:
        admin.execute('drop role if exists "%s"' % name)


@pytest.fixture(scope="module", params=["auto", "off"])
def server(request, role, make_database, serve, cluster):
    url = make_database(SQL)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute('grant select on folder, paper to "%s"' % role)
    server = serve(url.replace("//postgres@", "//%s@" % role), "--pool-size", "3", "--user-context-header", HEADER,
                   "--prepared", request.param)
    yield server
    server.stop()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute('drop owned by "%s"' % role)


def draw_request(draw):
    """(tenant or None, query, the tenant's number is what every leaf of the answer says, number of rows)"""
    tenant = draw.choice([None] + list(range(1, TENANTS + 1)) * 3)
    limit = draw.randrange(1, 50)
    pick = draw.randrange(5)
    if pick == 0:
        query, count = "{ papers(limit: %d) { tenantId title } }" % limit, min(limit, 40)
    elif pick == 1:
        query, count = "{ folders { tenantId papers(limit: %d) { tenantId title folder { tenantId } } } }" % limit, 4
    elif pick == 2:
        query, count = '{ papers(where: {title: {regex: "("}}) { tenantId } }', None  # fails in PostgreSQL
    elif pick == 3:
        query, count = "{ papersAggregate { count min { tenantId } max { tenantId } } }", 40
    else:  # another tenant's rows asked for by name
        query, count = "{ papers(where: {tenantId: {neq: %d}}) { tenantId } }" % (tenant or 0), 0
    return tenant, query, count


def leaves(value, name):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == name and inner is not None:
                yield inner
            yield from leaves(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, name)


def check(tenant, query, count, answer):
    document = json.loads(answer)
    assert set(leaves(document, "tenantId")) <= ({tenant} if tenant else set()), (tenant, query, answer)
    assert set(leaves(document, "title")) <= ({"tenant %d" % tenant} if tenant else set()), (tenant, query, answer)
    if count is None:
        assert "errors" in document, answer
        return
    rows = next(iter(document["data"].values()))
    found = rows["count"] if isinstance(rows, dict) else len(rows)
    assert found == (count if tenant else 0), (tenant, query, answer)


def bytes_of(tenant, query):
    body = json.dumps({"query": query}).encode()
    context = "%s: %s\r\n" % (HEADER, json.dumps({"tenant_id": tenant, "user_id": "u%d" % tenant})) if tenant else ""
    return ("POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n" % (
        context, len(body))).encode() + body


async def read_answer(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    if "content-length:" in head:
        return await reader.readexactly(int(head.split("content-length:")[1].split("\r\n")[0]))
    body = b""
    while True:
        size = int(await reader.readline(), 16)
        body += await reader.readexactly(size)
        await reader.readline()
        if size == 0:
            return body


async def client(port, seed):
    draw = random.Random(seed)
    for _ in range(ROUNDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        requests = [draw_request(draw) for _ in range(draw.randrange(1, 12))]
        writer.write(b"".join(bytes_of(tenant, query) for tenant, query, _ in requests))
        await writer.drain()
        for request in requests[:draw.choice([len(requests)] * 3 + [len(requests) // 2])]:  # some leave before the end
            check(*request, await asyncio.wait_for(read_answer(reader), 60))
        writer.close()


async def leaver(port, seed):
    """Asks for what takes long, in the name of a tenant, and leaves."""
    draw = random.Random(seed)
    for _ in range(ROUNDS // 2):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(bytes_of(draw.randrange(1, TENANTS + 1), "{ slowFolders { tenantId } }"))
        await writer.drain()
        await asyncio.sleep(draw.random() * 0.05)
        writer.transport.abort()


def test_no_tenant_sees_another(server):
    async def all_of_them():
        await asyncio.gather(*[client(server.port, seed) for seed in range(CLIENTS)],
                             *[leaver(server.port, seed) for seed in range(4)])

    asyncio.run(all_of_them())
    assert server.process.poll() is None
    check(None, "afterwards, without a context", 0, server.post("{ papers { tenantId title } }").body)
