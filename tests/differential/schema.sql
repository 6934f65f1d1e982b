create extension if not exists citext;
create type mood as enum ('zealous', 'Ok', 'happy day', 'true', 'fine');

create table orgs (tenant int, code text, label text, rank int, primary key (tenant, code));

create table people (
    id int primary key,
    name text not null,
    nick citext,
    boss_id int references people,
    org_tenant int,
    org_code text,
    mood mood,
    tags text[],
    nums int[],
    born date,
    seen timestamptz,
    stamp timestamp,
    score numeric,
    big int8,
    ratio float8,
    small float4,
    active bool,
    level int2 not null,
    uid uuid unique,
    at time,
    foreign key (org_tenant, org_code) references orgs);

create table posts (
    id int8 primary key,
    author_id int not null references people,
    editor_id int references people,
    title text,
    views int,
    posted timestamptz);

create table badges (id int primary key, title text not null, worth numeric(6, 2));
create table awards (person_id int not null references people, badge_id int not null references badges, given date,
                     primary key (person_id, badge_id));

create table remarks (id uuid primary key, post_id int8 not null references posts, person_id int references people, body text);

create table visits (person_id int references people, post_id int8 references posts, n int, note text);

create table tb_article (pk_article int generated always as identity primary key, id uuid not null unique, person_id int);
create table tv_article (id uuid primary key, person_id int, data jsonb not null);

create view busy as select id, name, level, boss_id from people where level > 1;
create view loose as select level, count(*)::int as heads, max(name) as last_name from people group by level;
