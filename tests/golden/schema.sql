-- SPDX-License-Identifier: MIT
-- A small schema whose plans are kept: what SQL and what row program each shape of query becomes.
create table users (id int primary key, email text unique not null, age int, created_at timestamptz not null);
create table posts (id int primary key, author_id int not null references users, title text not null, views int, published boolean not null default true);
create table comments (id int primary key, post_id int not null references posts, author_id int references users, body text not null);
create table tags (id int primary key, name text not null);
create table post_tags (post_id int references posts, tag_id int references tags, primary key (post_id, tag_id));
create table tv_document (id uuid primary key, data jsonb not null);
create index on posts (author_id);
create index on comments (post_id);
insert into users values (1, 'ada@example.org', 36, '2024-01-01Z'), (2, 'ben@example.org', null, '2024-01-02Z');
insert into posts values (1, 1, 'First', 10, true), (2, 1, 'Second', null, true), (3, 2, 'Third', 5, false);
insert into comments values (1, 1, 2, 'Good'), (2, 1, null, 'Bad'), (3, 3, 1, 'Fine');
insert into tags values (1, 'c'), (2, 'sql');
insert into post_tags values (1, 1), (1, 2), (3, 2);
insert into tv_document values ('00000000-0000-0000-0000-000000000001', '{"title": "One", "pages": 12, "parts": [{"name": "a", "size": 1}], "meta": {"lang": "en"}}'),
    ('00000000-0000-0000-0000-000000000002', '{"title": "Two", "pages": 9, "parts": [], "meta": null}');
analyze;
