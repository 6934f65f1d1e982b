-- SPDX-License-Identifier: MIT
-- Names and objects that no one should have, all of them legal.

create table "select" (
    id int primary key, "from" int, "where" text, "order by" text, "AND" text, "OR" text, "NOT" int,
    "type" text, "__typename" text, "__x" text, "_" text, "a""b" text, "c\d" text, "e'f" text, "2fa" bool,
    "ünïcode" text, "日本" text, "%" int
);
create table "query"(id int primary key);
create table "Mutation"(id int primary key);
create table date(id int primary key);
create table "int"(id int);
create table "String"(id int);
create table user_where(id int);
create table users(id int primary key);
create table "user"(id int primary key);
create table "USERS"(id int);
create table user_aggregates(id int);
create table users_aggregate(id int primary key);
create table "日本語"(id int);
create table "2nd"(id int primary key);
create table "with space and a very long name that goes to the very limit  63b" (
    id int primary key, "with space and a very long name that goes to the very limit  63b" text
);
create table empty_table();
create table "é"();
create table only_bad("ß" int);
create table node(id int primary key, parent_id int references node, "parent" text, node_id int references node);
create table comp(a int, b text, primary key(a,b));
create table comp_ref (
    id int primary key, ca int, cb text, foreign key (ca, cb) references comp, ca2 int, cb2 text,
    foreign key (ca2, cb2) references comp
);
create table twice(id int primary key, user_id int references users, foreign key (user_id) references "user"(id));
create table one(id int primary key references node);
create table "a.b"("c.d" int primary key);
create table parent_t(id int primary key, name text);
create table child_t(extra int) inherits (parent_t);
create table first_name_clash(first_name text, "firstName" text, "FirstName" text, "first name" text);
create table rowy(id int primary key, u users, us users[], self int);
create type emp as ();
create type rec as (a int, b text);
create table uses_emp(id int primary key, e emp, r rec, rs rec[]);
create type noenum as enum ();
create table uses_noenum(id int primary key, n noenum);
create table gen(id int generated always as identity primary key, g int generated always as (1+1) stored);
create type status as enum('a');
create table statuses(id int primary key, s status);
create type status_filter as enum('x');
create table sf(id int primary key, x status_filter, y status);
create view v as select 1 as id;
create view boom as select 1/0 as x;
create view v_boom as select 1 as id, jsonb_build_object('a', 1/(random()*0)::int) as data;
create unlogged table unl(id int primary key);
create temporary table tmp1(id int);
create function create_thing(input jsonb) returns "query" language sql volatile as 'select 1';
create function create_void(input json) returns void language sql as '';
create function create_int(input json) returns int language sql as $$select 1$$;
create function many(input jsonb) returns setof "query" language sql as 'select 1';
create function tab(input jsonb) returns table(a int) language sql as 'select 1';
create function over(input jsonb) returns int language sql as 'select 1';
create function over(input json) returns int language sql as 'select 1';
create function stab(input jsonb) returns "query" stable language sql as 'select 1';
create function fn_do_it(a int, b text default 'x', input jsonb default '{}') returns "query" language sql as 'select 1';
create function find_users(name text, lim int default 10) returns setof "query" stable language sql as 'select 1';
comment on function find_users is '@fraiseql:query name=searchUsers';
