-- SPDX-License-Identifier: MIT
-- What `make bench` measures on: 10,000 users, 100,000 posts (10 a user), 500,000 comments (5 a post), always the same rows.
create table users (
    id          int primary key,
    first_name  text not null,
    last_name   text not null,
    email       text not null unique,
    status      text not null,
    city        text not null,
    age         int,
    created_at  timestamptz not null
);
create table posts (
    id          int primary key,
    author_id   int not null references users,
    title       text not null,
    body        text not null,
    views       int not null,
    published   boolean not null,
    created_at  timestamptz not null
);
create table comments (
    id          int primary key,
    post_id     int not null references posts,
    author_id   int not null references users,
    body        text not null,
    created_at  timestamptz not null
);
set session_replication_role = replica;

create function pg_temp.draw(what text, i bigint, n bigint) returns bigint language sql immutable as
$$ select (hashtextextended(what, i) & 9223372036854775807) % n $$;

-- Last names are three random letters and a number, so that any letter below N has 20 names after it.
insert into users
select i, 'First' || i % 500, chr(65 + pg_temp.draw('l1', i, 26)::int) || chr(97 + pg_temp.draw('l2', i, 26)::int) || chr(97 + pg_temp.draw('l3', i, 26)::int) || i,
       'user' || i || '@example.org', (array['active', 'inactive', 'pending'])[1 + pg_temp.draw('status', i, 3)], 'City ' || i % 300,
       case when i % 10 > 0 then 18 + i % 60 end, timestamptz '2015-01-01Z' + make_interval(secs => pg_temp.draw('user', i, 200000000)::int)
from generate_series(1, 10000) i;

insert into posts
select i, 1 + (i - 1) / 10, 'Post ' || i || ' about the number ' || i % 977, repeat('Lorem ipsum ' || i || '. ', 10), pg_temp.draw('views', i, 100000)::int, i % 5 > 0,
       timestamptz '2020-01-01Z' + make_interval(secs => pg_temp.draw('post', i, 100000000)::int)
from generate_series(1, 100000) i;

insert into comments
select i, 1 + (i - 1) / 5, 1 + pg_temp.draw('commenter', i, 10000)::int, 'Comment ' || i || ' says something short', timestamptz '2020-01-01Z' + make_interval(secs => pg_temp.draw('comment', i, 120000000)::int)
from generate_series(1, 500000) i;

reset session_replication_role;
create index on users (status, last_name, id);
create index on posts (author_id, created_at desc, id desc);
create index on posts (created_at desc, id desc);
create index on comments (post_id, created_at desc, id desc);
create index on comments (author_id);
