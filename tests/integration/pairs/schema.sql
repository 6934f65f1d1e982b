-- SPDX-License-Identifier: MIT
-- The project's own schema for pairs of query and SQL: every type, every kind of key and relation, documents.

create extension citext;
create extension ltree;

-- -- every type ------------------------------------------------------------------------------------------------------

create type mood as enum ('happy', 'so-so', 'very sad', '4ever', 'true');
create type place as (street text, zip int, since date);
create domain email_address as text check (value like '%@%');
create domain percentage as int check (value between 0 and 100);

create table specimen (
    id        int primary key,
    small     int2,
    big       int8,
    num       numeric,
    fixed     numeric(12, 4),
    cash      money,
    single    float4,
    double    float8,
    flag      boolean,
    words     text,
    short     varchar(20),
    letters   char(5),
    folded    citext,
    tag       name,
    uid       uuid,
    day       date,
    clock     time,
    stamp     timestamp,
    moment    timestamptz,
    span      interval,
    plain     json,
    doc       jsonb,
    bin       bytea,
    address   inet,
    network   cidr,
    mac       macaddr,
    path      ltree,
    days      daterange,
    ints_in   int4range,
    bigs_in   int8range,
    nums_in   numrange,
    stamps_in tsrange,
    moments_in tstzrange,
    feeling   mood,
    mail      email_address,
    share     percentage,
    home      place,
    spot      point,
    bits      bit(4),
    ints      int[],
    bigs      int8[],
    nums      numeric[],
    texts     text[],
    flags     boolean[],
    dates     date[],
    uids      uuid[],
    moods     mood[],
    moments   timestamptz[]
);
comment on table specimen is 'One column of every type.';

insert into specimen values
(1, 1, 1, 1, 1, 1, 1, 1, true, 'one', 'one', 'one', 'One', 'one', '00000000-0000-0000-0000-000000000001', '2020-01-01', '01:02:03',
 '2020-01-01 01:02:03', '2020-01-01 01:02:03Z', '1 day', '{"b": 1, "a": 2}', '{"b": 1, "a": 2}', '\x00010203', '10.0.0.1', '10.0.0.0/8',
 '08:00:2b:01:02:03', 'top.science', '[2020-01-01,2020-02-01)', '[1,5)', '[1,9007199254740993)', '[1.5,2.5)',
 '["2020-01-01 00:00:00","2020-01-02 00:00:00")', '["2020-01-01 00:00:00+00","2020-01-02 00:00:00+00")', 'happy', 'a@example.org', 50,
 ('Main Street', 12345, '2001-02-03'), '(1,2)', '1010', '{1,2,3}', '{1,9007199254740993}', '{1.50,2}', '{a,b}', '{t,f}',
 '{2020-01-01,2021-01-01}', '{00000000-0000-0000-0000-000000000001}', '{happy,"very sad"}', '{"2020-01-01 00:00:00+00"}'),
(2, -32768, -9223372036854775808, -123456789012345678901234567890.123456789, 12345678.9012, -1234.5, 0.1, 0.1, false,
 E'two "quotes" \\ back/slash\nline\ttab \u0001 \u007f', 'zwei', 'ab', 'TWO', 'Zwei', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '0044-03-15', '23:59:59.999999',
 '1999-12-31 23:59:59.999999', '1999-12-31 23:59:59.5+02', '-1 year -2 mons +3 days -04:05:06.789', '[1, "x", null]', '[1, "x", null]', '\x',
 '::1', '2001:db8::/32', 'ff:ff:ff:ff:ff:ff', 'top.science.astronomy', '(,2020-01-01)', 'empty', '(,5)', '[0,0]', '(,)', '[2020-01-01,]', 'very sad',
 'b@example.org', 0, (null, null, null), '(-1.5,0.25)', '0000', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}'),
(3, 32767, 9223372036854775807, 0.000000000000000000001, -0.5, 99999.99, 16777216, 123456789.123456789, true, 'Ünïcödé 日本 😀', 'drei', 'abcde', 'three', 'x',
 '12345678-9abc-def0-1234-56789abcdef0', '9999-12-31', '00:00:00', '2024-02-29 12:00:00', '2024-02-29 12:00:00.000001Z', '00:00:00', '"text"',
 '"text"', '\xdeadbeef', '192.168.1.5/24', '192.168.1.0/24', '00:00:00:00:00:00', 'top', 'empty', '(1,)', '[5,5]', '(,3)',
 '[2020-01-01 00:00:00,infinity)', '(,2020-01-01 00:00:00.5+00)', 'so-so', 'c@example.org', 100, ('Rue "X", 3', -1, 'infinity'), '(0,0)', '1111',
 '{3,null,1}', '{null}', '{null,1}', '{"with, comma","with \"quote\"",null,""}', '{null,t}', '{null}', '{null}', '{null,so-so}', '{infinity,null}'),
(4, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
 null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null),
(5, 0, 0, 0, 0, 0, 0, 0, false, '', '', '', '', '', '00000000-0000-0000-0000-000000000000', 'infinity', '24:00:00', 'infinity', '-infinity', '1 year 2 mons',
 'null', 'null', '\x00', '0.0.0.0/0', '0.0.0.0/0', '00:00:00:00:00:01', '', '[2020-02-01,2020-03-01)', '[0,1)', '[0,1)', '[0,1)',
 'empty', 'empty', '4ever', '@', 1, ('', 0, '2000-01-01'), '(1e10,-1e-10)', '0001', '{0}', '{0}', '{0.0}', '{"",NULL,"NULL"}', '{f}',
 '{infinity}', '{00000000-0000-0000-0000-000000000000}', '{true,4ever}', '{-infinity}'),
(6, 9, 10, 9.0, 9.00, 9, 1.5e10, 1e100, true, '9', '10', '9', '9', '9', '99999999-9999-9999-9999-999999999999', '2020-01-09', '09:00', '2020-01-09 09:00',
 '2020-01-09 09:00Z', '9 hours', '9', '{"n": 9, "deep": {"list": [1, {"x": "y"}], "f": 1.50}}', '\x09', '10.0.0.9', '10.0.0.9/32', '09:09:09:09:09:09',
 'a.b.c', '[2020-01-09,2020-01-10)', '[9,10)', '[9,10)', '[9,10)', '[2020-01-09,2020-01-10)', '[2020-01-09,2020-01-10)', 'true', 'nine@example.org', 9,
 ('nine', 9, null), '(9,9)', '1001', '{9,10}', '{9,10}', '{9,10}', '{9,10,a}', '{t}', '{2020-01-09}', '{99999999-9999-9999-9999-999999999999}', '{true}',
 '{"2020-01-09 09:00:00+00"}');

-- -- keys and relations ----------------------------------------------------------------------------------------------

create table team (
    id             int primary key,
    name           text not null unique,
    parent_team_id int references team
);
create table member (
    id         int primary key,
    team_id    int references team,
    mentor_id  int references member,
    name       text not null,
    email      citext unique,
    points     int not null default 0,
    active     boolean not null default true,
    joined_on  date
);
create table badge (code text primary key, title text not null);
create table member_badge (
    member_id  int references member,
    badge_code text references badge,
    since      date,
    primary key (member_id, badge_code)
);
create table message (
    id           bigint primary key,
    sender_id    int not null references member,
    recipient_id int references member,
    body         text not null,
    sent_at      timestamptz not null
);
create table site (country char(2), code int, name text not null, primary key (country, code));
create table visit (
    id           uuid primary key,
    site_country char(2),
    site_code    int,
    member_id    int not null references member,
    at           timestamptz not null,
    foreign key (site_country, site_code) references site
);
create table account (id bigint primary key, balance numeric not null);
create table profile (member_id int primary key references member, bio text);
create table "Order Line" ("ID" int primary key, "Unit Price" numeric, "select" text, "camelCase" int, "API_KEY" text, _hidden text);
create table reading (id int, day date, value float8, primary key (id, day)) partition by range (day);
create table reading_2023 partition of reading for values from ('2023-01-01') to ('2024-01-01');
create table reading_2024 partition of reading for values from ('2024-01-01') to ('2025-01-01');
create table log_raw (line text, level int);
create view active_member as select id, name, team_id, points from member where active;
create materialized view mv_team_size as select team_id, count(*) as size from member where team_id is not null group by team_id;
create unique index on mv_team_size (team_id);

insert into team values (1, 'Board', null), (2, 'Engineering', 1), (3, 'Kernel', 2), (4, 'Tools', 2), (5, 'Empty', 1);
insert into member
select i, nullif(i % 6, 5), case when i / 4 % 6 > 0 then i / 4 end, 'Member ' || i, case when i % 5 > 0 then 'M' || i || '@Example.org' end, i * 37 % 101, i % 7 > 0,
       case when i % 3 > 0 then date '2020-01-01' + i * 13 % 400 end
from (select i from generate_series(1, 60) i where i % 6 > 0) x;
insert into badge values ('gold', 'Gold Medal'), ('silver', 'Silver Medal'), ('x"y', 'Odd, "quoted"'), ('none', 'Nobody''s');
insert into member_badge select id, b, case when id % 2 = 0 then date '2021-05-01' + id end from member, unnest(array['gold', 'silver', 'x"y']) with ordinality u(b, n)
where (id + n) % 3 = 0;
insert into message
select 9007199254740990 + i, (array[1, 2, 3, 4])[1 + i % 4], case when i % 5 > 0 then (array[2, 3, 1, 7, 8])[1 + i % 5] end, 'Message ' || i,
       timestamptz '2024-01-01 00:00:00Z' + make_interval(hours => i % 10)
from generate_series(1, 80) i;
insert into site values ('FR', 1, 'Paris'), ('FR', 2, 'Lyon'), ('DE', 1, 'Berlin'), ('JP', 7, 'Osaka');
insert into visit select md5(i::text)::uuid, c, case c when 'FR' then 1 + i / 2 % 2 when 'DE' then 1 end, 1 + i % 4, timestamptz '2024-03-01Z' + make_interval(mins => i * 17)
from generate_series(1, 40) i, lateral (select (array['FR', 'DE', null])[1 + i % 3]::char(2) as c) x;
insert into account values (1, 10.50), (9007199254740993, 0.00000001), (9223372036854775807, -1e30), (2, 'NaN');
insert into profile select id, 'Bio of ' || name from member where id % 4 = 1;
insert into "Order Line" values (1, 9.90, 'all', 1, 'k1', 'h'), (2, null, null, null, null, null), (3, 10, 'none', -1, 'k3', '');
insert into reading select i, date '2023-11-01' + i, i / 8.0 from generate_series(1, 120) i;
insert into log_raw values ('started', 1), ('failed', 3), ('stopped', 1), (null, null), ('failed', 2);
refresh materialized view mv_team_size;

-- -- documents -------------------------------------------------------------------------------------------------------

create table tv_category (id uuid primary key, data jsonb not null);
create table tv_product (id uuid primary key, category_id uuid, data jsonb not null);
comment on table tv_product is 'Products as documents.';

insert into tv_category select md5('category' || i)::uuid, jsonb_build_object('id', md5('category' || i)::uuid, 'name', 'Category ' || i, 'rank', i)
from generate_series(1, 4) i;
insert into tv_product
select md5('product' || i)::uuid, case when i % 5 < 4 then md5('category' || 1 + i % 5)::uuid end,
       jsonb_build_object(
           'id', md5('product' || i)::uuid, 'name', 'Product "' || i || '"', 'stock', i % 13, 'price', i + 0.25, 'serial', 9007199254740000 + i,
           'active', i % 2 = 0, 'note', case when i % 3 = 0 then E'line\nbreak é' end, 'labels', to_jsonb(array['l' || i % 3, 'x']),
           'dimensions', case when i % 4 > 0 then jsonb_build_object('width', i, 'height', i / 2.0::float8 + 0.5) end,
           'variants', coalesce((select jsonb_agg(jsonb_build_object('sku', i || '-' || k, 'stock', k * i % 7,
               'options', case when k > 1 then jsonb_build_array(jsonb_build_object('name', 'size', 'value', 'S' || k), jsonb_build_object('name', 'color', 'value', null)) else '[]'::jsonb end)
               order by k) from generate_series(1, i % 4) k), '[]'),
           'listPrice', i * 2)
       || case when i % 6 = 0 then '{"rare": true}'::jsonb else '{}' end
from generate_series(1, 30) i;
insert into tv_product values ('00000000-0000-0000-0000-000000000000', null, '{}'), ('00000000-0000-0000-0000-000000000001', null, '{"name": null, "variants": null, "dimensions": null, "labels": []}');

-- A declared field of every scalar, and of an enum whose labels are no names.
create table tv_sample (id int primary key, data jsonb not null);
comment on table tv_sample is '@fraiseql:type
fields:
  title: String!
  code: ID
  count: Int
  bigCount: BigInt
  price: Decimal
  ratio: Float
  isOpen: Boolean
  born: Date
  at: DateTime
  clock: Time
  uid: UUID
  mood: Mood
  moods: [Mood!]
  moments: [DateTime]
  extra: JSON
  span: Duration
  address: IpAddress';
insert into tv_sample
select i, jsonb_build_object('title', 'sample ' || i, 'code', i, 'count', i % 11, 'big_count', i::int8 * 1000000000000, 'price', (i * 1.10)::text,
    'ratio', i / 4.0::float8, 'isOpen', i % 2 = 0, 'born', date '2024-02-20' + i, 'at', timestamptz '2024-02-28 20:00:00Z' + i * interval '1 hour 1.5 seconds',
    'clock', '12:00:' || lpad(i::text, 2, '0'), 'uid', upper(md5(i::text)::uuid::text), 'mood', (enum_range(null::mood))[1 + i % 5],
    'moods', array[(enum_range(null::mood))[1 + i % 5], 'so-so'], 'moments', jsonb_build_array('2024-01-01T00:00:00+02:00', null, '2024-01-01 12:00:00.50'),
    'extra', jsonb_build_object('n', i), 'span', make_interval(hours => i), 'address', '10.0.0.' || i)
from generate_series(1, 20) i;
insert into tv_sample values (21, '{"title": "nothing"}'), (22, '{"title": "nulls", "mood": null, "uid": null, "at": null, "moods": null}');

-- Views whose id repeats: every shelf once for each of its owners, every box twice.
create table tb_shelf (id int primary key, name text);
create table tb_box (id int primary key, shelf_id int not null references tb_shelf, label text);
create table tb_thing (id int primary key, box_id int not null references tb_box, name text);
insert into tb_shelf select i, 'shelf ' || i from generate_series(1, 4) i;
insert into tb_box select i, 1 + i % 4, 'box ' || i % 3 from generate_series(1, 12) i;
insert into tb_thing select i, 1 + i % 12, 'thing ' || i from generate_series(1, 40) i;
create view v_shelf as select s.id, s.name, o as owner from tb_shelf s cross join (values ('ada'), ('ben'), (null)) v(o);
create view v_box as select b.id, b.shelf_id, b.label, copy from tb_box b cross join generate_series(2, 1, -1) copy;
create view v_thing as select id, box_id, name from tb_thing;

-- Domains over enums, which no operator of enums takes, and arrays of what is cast.
create domain feeling as mood;
create table patient (id int primary key, now feeling, past feeling[], bills money[], unique (now));
insert into patient values (1, 'so-so', '{happy,so-so}', '{1.50,2}'), (2, '4ever', '{4ever,4ever}', '{}'), (3, null, '{}', null), (4, 'happy', null, '{100}');
analyze;
