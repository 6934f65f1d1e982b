-- SPDX-License-Identifier: MIT
-- FraiseQL's own style: tb_ tables, v_ views, tv_ tables, documents, functions.

create table tb_user (
    pk_user int generated always as identity primary key, id uuid not null unique default gen_random_uuid(),
    identifier text unique, name text not null
);
create table tb_post (
    pk_post int generated always as identity primary key, id uuid not null unique default gen_random_uuid(),
    fk_author int not null references tb_user, title text
);
create table tb_audit(pk_audit int primary key, id uuid unique, note text);
create view v_user as select u.pk_user, u.id, jsonb_build_object('id', u.id, 'name', u.name, 'first_name', 'x', 'n', 1, 'big', 5000000000, 'f', 1.5, 'mixed', case when u.pk_user=1 then '1'::jsonb else '"a"' end, 'tags', jsonb_build_array('a'), 'addr', jsonb_build_object('street','s','geo', jsonb_build_object('lat', 1.5)), 'items', '[{"a":1},{"b":null}]'::jsonb, 'nul', null, 'e', '[]'::jsonb, '__typename','User', 'bad key ü', 1, 'dict', '{"1é":1}'::jsonb) data from tb_user u;
create view v_post as select p.id, p.fk_author, u.id as user_id, jsonb_build_object('id', p.id, 'title', p.title) data from tb_post p join tb_user u on u.pk_user = p.fk_author;
create table tv_post(id uuid primary key, user_id uuid, tenant text, data jsonb not null);
insert into tb_user(name) values ('a'),('b');
insert into tb_post(fk_author, title) select 1, 't';
insert into tv_post select id, user_id, 'x', data from v_post;
create view v_empty as select 1 as id, null::jsonb as data where false;
create function create_user(input jsonb) returns tb_user language sql volatile as 'select * from tb_user';
create function create_audit(input jsonb) returns tb_audit language sql volatile as 'select * from tb_audit';
