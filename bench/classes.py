# SPDX-License-Identifier: MIT
"""The request classes: each a GraphQL query, the same as flat SQL, and the same as the usual JSON-building SQL.

Random keys are integers drawn by wrk (Lua) and by pgbench (\\set) from the same ranges. `variables` is Lua that turns them
into the request's variables; the SQL does with `:name` what Lua does. An aim is the least ratio to the JSON-building SQL.
"""

BASE = 1577836800  # 2020-01-01T00:00:00Z

STATUS = "(array['active', 'inactive', 'pending'])[:s]"
NAME = "chr(:l) || chr(:m)"
LUA_STATUS = "({'active', 'inactive', 'pending'})[s]"
LUA_NAME = "string.char(l, m)"
USERS_AFTER = "status = %s and last_name > %s order by last_name, id limit 20" % (STATUS, NAME)

CLASSES = {
    "a": {
        "what": "one user by key",
        "aim": 0.7,
        "keys": {"id": (1, 10000)},
        "variables": "{id = id}",
        "query": "query A($id: Int!) { user(id: $id) { id firstName lastName email status city age createdAt } }",
        "flat": "select id, first_name, last_name, email, status, city, age, created_at from users where id = :id",
        "json": "select json_build_object('user', (select json_build_object('id', id, 'firstName', first_name, 'lastName', last_name, "
                "'email', email, 'status', status, 'city', city, 'age', age, 'createdAt', created_at) from users where id = :id))",
    },
    "b": {
        "what": "20 users, filtered and ordered",
        "aim": 1.3,
        "keys": {"s": (1, 3), "l": (65, 77), "m": (97, 122)},
        "variables": "{s = %s, n = %s}" % (LUA_STATUS, LUA_NAME),
        "query": "query B($s: String!, $n: String!) { users(where: {status: {eq: $s}, lastName: {gt: $n}}, orderBy: [{lastName: ASC}], "
                 "limit: 20) { id firstName lastName email status city age createdAt } }",
        "flat": "select id, first_name, last_name, email, status, city, age, created_at from users where " + USERS_AFTER,
        "json": "select json_build_object('users', coalesce((select json_agg(json_build_object('id', id, 'firstName', first_name, "
                "'lastName', last_name, 'email', email, 'status', status, 'city', city, 'age', age, 'createdAt', created_at)) "
                "from (select * from users where " + USERS_AFTER + ") u), '[]'))",
    },
    "c": {
        "what": "100 posts with their author",
        "aim": 1.4,
        "keys": {"t": (50000000, 100000000)},
        "variables": "{t = os.date('!%%Y-%%m-%%dT%%H:%%M:%%SZ', %d + t)}" % BASE,
        "query": "query C($t: DateTime!) { posts(where: {createdAt: {lt: $t}}, orderBy: [{createdAt: DESC}, {id: DESC}], limit: 100) "
                 "{ id title views published createdAt author { id firstName lastName email } } }",
        "flat": "select p.id, p.title, p.views, p.published, p.created_at, u.id, u.first_name, u.last_name, u.email from posts p "
                "left join users u on u.id = p.author_id where p.created_at < to_timestamp(%d + :t) "
                "order by p.created_at desc, p.id desc limit 100" % BASE,
        "json": "select json_build_object('posts', coalesce((select json_agg(json_build_object('id', p.id, 'title', p.title, 'views', "
                "p.views, 'published', p.published, 'createdAt', p.created_at, 'author', (select json_build_object('id', u.id, 'firstName', "
                "u.first_name, 'lastName', u.last_name, 'email', u.email) from users u where u.id = p.author_id))) from (select * from posts "
                "where created_at < to_timestamp(%d + :t) order by created_at desc, id desc limit 100) p), '[]'))" % BASE,
    },
    "d": {
        "what": "20 users, 5 last posts each, 3 last comments each",
        "aim": 1.0,
        "keys": {"s": (1, 3), "l": (65, 77), "m": (97, 122)},
        "variables": "{s = %s, n = %s}" % (LUA_STATUS, LUA_NAME),
        "query": "query D($s: String!, $n: String!) { users(where: {status: {eq: $s}, lastName: {gt: $n}}, orderBy: [{lastName: ASC}], "
                 "limit: 20) { id firstName lastName posts(orderBy: [{createdAt: DESC}, {id: DESC}], limit: 5) { id title views createdAt "
                 "comments(orderBy: [{createdAt: DESC}, {id: DESC}], limit: 3) { id body createdAt } } } }",
        "flat": "select u.id, u.first_name, u.last_name, p.id, p.title, p.views, p.created_at, c.id, c.body, c.created_at from "
                "(select * from users where " + USERS_AFTER + ") u left join lateral (select * from posts where author_id = u.id "
                "order by created_at desc, id desc limit 5) p on true left join lateral (select * from comments where post_id = p.id "
                "order by created_at desc, id desc limit 3) c on true",
        "json": "select json_build_object('users', coalesce((select json_agg(json_build_object('id', u.id, 'firstName', u.first_name, "
                "'lastName', u.last_name, 'posts', coalesce((select json_agg(json_build_object('id', p.id, 'title', p.title, 'views', "
                "p.views, 'createdAt', p.created_at, 'comments', coalesce((select json_agg(json_build_object('id', c.id, 'body', c.body, "
                "'createdAt', c.created_at)) from (select * from comments where post_id = p.id order by created_at desc, id desc limit 3) "
                "c), '[]'))) from (select * from posts where author_id = u.id order by created_at desc, id desc limit 5) p), '[]'))) "
                "from (select * from users where " + USERS_AFTER + ") u), '[]'))",
    },
    "e": {
        "what": "1,000 posts, flat",
        "aim": 2.0,
        "keys": {"id": (1, 98000)},
        "variables": "{id = id}",
        "query": "query E($id: Int!) { posts(where: {id: {gt: $id}}, orderBy: [{id: ASC}], limit: 1000) "
                 "{ id title authorId views published createdAt } }",
        "flat": "select id, title, author_id, views, published, created_at from posts where id > :id order by id limit 1000",
        "json": "select json_build_object('posts', coalesce((select json_agg(json_build_object('id', id, 'title', title, 'authorId', "
                "author_id, 'views', views, 'published', published, 'createdAt', created_at)) from (select * from posts where id > :id "
                "order by id limit 1000) p), '[]'))",
    },
    "f": {
        "what": "count, sum and max of about 810 posts",
        "aim": 0.85,
        "keys": {"id": (1, 9899)},
        "variables": "{low = id, high = id + 100}",
        "query": "query F($low: Int!, $high: Int!) { postsAggregate(where: {authorId: {gte: $low, lte: $high}, published: {eq: true}}) "
                 "{ count sum { views } max { createdAt } } }",
        "flat": "select count(*), sum(views), max(created_at) from posts where author_id between :id and :id + 100 and published",
        "json": "select json_build_object('postsAggregate', (select json_build_object('count', count(*), 'sum', json_build_object('views', "
                "sum(views)), 'max', json_build_object('createdAt', max(created_at))) from posts where author_id between :id and :id + 100 "
                "and published))",
    },
}
