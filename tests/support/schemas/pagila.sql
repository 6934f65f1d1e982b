-- SPDX-License-Identifier: MIT
-- A DVD rental in the style of Pagila: partitions, domains, two keys from one table, views of several kinds.

create type mpaa_rating as enum ('G','PG','PG-13','R','NC-17');
create domain year as integer check (value between 1901 and 2155);
create table language (
    language_id serial primary key, name char(20) not null, last_update timestamptz not null default now()
);
create table film (
    film_id serial primary key, title text not null, description text, release_year year,
    language_id int not null references language, original_language_id int references language,
    rental_duration smallint not null default 3, rental_rate numeric(4,2) not null default 4.99, length smallint,
    rating mpaa_rating default 'G', special_features text[], fulltext tsvector not null
);
create table actor(actor_id serial primary key, first_name text not null, last_name text not null);
create table film_actor (
    actor_id int references actor, film_id int references film, last_update timestamptz not null default now(),
    primary key(actor_id, film_id)
);
create table category(category_id serial primary key, name text not null);
create table film_category (
    film_id int references film, category_id int references category, primary key(film_id, category_id)
);
create table payment (
    payment_id serial, amount numeric(5,2) not null, payment_date timestamptz not null,
    primary key(payment_date, payment_id)
) partition by range(payment_date);
create table payment_p2022_01 partition of payment for values from ('2022-01-01') to ('2022-02-01');
create table payment_p2022_02 partition of payment for values from ('2022-02-01') to ('2022-03-01');
create view actor_info as select a.actor_id, a.first_name, count(*) films from actor a left join film_actor using(actor_id) group by a.actor_id, a.first_name;
create view film_list as select film_id as fid, title, description from film;
create materialized view rental_by_category as select c.name category, count(*) n from category c join film_category using (category_id) group by 1;

insert into language(name) values ('English'), ('French'); insert into film(title, language_id, fulltext, rating, special_features) values ('ACE', 1, 'x', 'PG-13', '{a,b}'), ('BED', 2, 'y', null, null);
insert into actor(first_name, last_name) values ('A', 'B'); insert into film_actor(actor_id, film_id) values (1, 1), (1, 2); insert into payment(amount, payment_date) values (1.5, '2022-01-05'), (2.5, '2022-02-05'); refresh materialized view rental_by_category;
