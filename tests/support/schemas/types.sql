-- SPDX-License-Identifier: MIT
-- A column of every type that docs/types.md speaks of, and of some that it does not.

create extension citext;
create extension ltree;
create type mood as enum ('sad', 'ok', 'very happy', '1st', 'true', 'a-b', 'a_b');
create type geo as (lat float8, lng float8);
create type addr as (street text, zip int, geo geo, "Odd Name" point);
create domain email as citext check (value like '%@%');
create domain work_email as email;
create domain feeling as mood;
create domain positive as int check (value > 0);
create domain wide as bigint[];

create table sample (
    id int primary key, i2 int2, i4 int4, i8 int8, f4 float4, f8 float8, n numeric, m money, b bool,
    t text, v varchar(10), c char(3), ci citext, nm name, ch "char", u uuid,
    d date, ti time, tz timetz, ts timestamp, tstz timestamptz, iv interval,
    j json, jb jsonb, ba bytea, ip inet, cd cidr, mac macaddr, mac8 macaddr8, lt ltree,
    r4 int4range, r8 int8range, nr numrange, dr daterange, tsr tsrange, tstzr tstzrange,
    md mood, ad addr, em email, we work_email,
    pt point, bits bit(3), xm xml, tsv tsvector, o oid, rc regclass, lsn pg_lsn, mr int4multirange,
    ai int[], a8 int8[], an numeric[], ab bool[], at text[], am mood[], aad addr[], aj json[], ajb jsonb[], ae email[],
    au uuid[], ad2 date[], ats timestamptz[], ar int4range[], i2v int2vector,
    fe feeling, afe feeling[], ap positive[], wi wide, amo money[], aip inet[], acid cidr[], ac char(3)[], aci citext[], alt ltree[], aby bytea[], aiv interval[],
    atz timetz[], atr tstzrange[], af4 float4[], anm name[], ami macaddr[], ai2 int2[], apt point[]
);
insert into sample values (
    1, -2, 3, 9007199254740993, 1.5, 2.25, 12.3400, 5.6, true,
    'text "quoted"', 'v', 'c', 'Ci', 'nm', 'x', '123e4567-e89b-12d3-a456-426614174000',
    '2024-02-29', '12:30', '12:30+02', '2024-01-02 03:04:05.5', '2024-01-02 03:04:05+02', '1 day 2 hours',
    '{"a": 1}', '{"b": [2]}', '\x00ff', '10.0.0.1/8', '10.0.0.0/8', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', 'a.b',
    '[1,5)', '[1,5)', '[1.5,2.5)', '[2024-01-01,2024-02-01)', '[2024-01-01,2024-02-01)', '[2024-01-01Z,2024-02-01Z)',
    'very happy', row('s', 1, row(1.5, 2.5), '(1,2)'), 'a@b.c', 'd@e.f',
    '(1,2)', '101', '<a/>', 'a:1', 16, 'pg_class', '0/1', '{[1,5)}',
    '{1,null}', '{1}', '{1.50}', '{t,f}', '{a,"b c"}', '{ok,a-b}', array[row('s', 1, null, null)::addr], array['1'::json], '{"1"}', '{x@y.z}',
    '{123e4567-e89b-12d3-a456-426614174000}', '{2024-01-01}', '{2024-01-01Z}', '{"[1,2)"}', '1 2'
);
insert into sample (id) values (2);
