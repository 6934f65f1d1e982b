-- SPDX-License-Identifier: MIT
-- Tables as Rails names them: irregular plurals, join tables without a key, polymorphic columns.

create table schema_migrations(version text primary key);
create table ar_internal_metadata(key text primary key, value text);
create table people (
    id bigserial primary key, name text, type text, created_at timestamp(6) not null,
    manager_id bigint references people
);
create table addresses (
    id bigserial primary key, addressable_type text, addressable_id bigint, person_id bigint references people
);
create table statuses(id bigserial primary key, name text);
create table categories(id bigserial primary key, parent_id bigint references categories);
create table categories_products(category_id bigint not null references categories, product_id bigint not null);
create table products(id bigserial primary key, sku text not null, properties jsonb not null default '{}');
alter table categories_products add foreign key (product_id) references products;
create unique index on categories_products(category_id, product_id);
create unique index on products(lower(sku));
create unique index on products(sku) where sku <> '';
create table active_storage_blobs(id bigserial primary key, key text not null unique, byte_size bigint not null);
create table active_storage_attachments (
    id bigserial primary key, name text not null, record_type text not null, record_id bigint not null,
    blob_id bigint not null references active_storage_blobs, unique(record_type, record_id, name, blob_id)
);
create table metadata(id int primary key);
create table news(id int primary key);
create table series(id int primary key);
create table analyses(id int primary key);
create table houses(id int primary key);
create table buses(id int primary key);
create table quizzes(id int primary key);

insert into people(name, created_at) values ('Ann', '2024-01-01'); insert into people(name, created_at, manager_id) values ('Bob', '2024-01-02', 1); insert into categories default values; insert into products(sku) values ('x'); insert into categories_products values (1, 1);
