-- SPDX-License-Identifier: MIT
-- Tables as Prisma makes them: quoted models, implicit many-to-many tables with columns A and B.

create type "Role" as enum ('USER','ADMIN');
create table "_prisma_migrations"(id varchar(36) primary key);
create table "User"(id serial primary key, email text not null, name text, role "Role" not null default 'USER');
create unique index "User_email_key" on "User"(email);
create table "Profile"(id serial primary key, bio text, "userId" int not null references "User");
create unique index "Profile_userId_key" on "Profile"("userId");
create table "Post" (
    id serial primary key, "createdAt" timestamp(3) not null, title text not null,
    "authorId" int references "User", published bool not null default false
);
create table "Tag"(id serial primary key, name text not null);
create table "_PostToTag"("A" int not null references "Post"(id), "B" int not null references "Tag"(id));
create unique index "_PostToTag_AB_unique" on "_PostToTag"("A","B");
create index on "_PostToTag"("B");
create table "_Friends"("A" int not null references "User"(id), "B" int not null references "User"(id));
create unique index on "_Friends"("A","B");
create table "Category"(id text primary key, "parentId" text references "Category");

insert into "User"(email) values ('a@b.c'), ('d@e.f'); insert into "Post"("createdAt", title, "authorId") values ('2024-01-01', 'T', 1); insert into "Tag"(name) values ('t'); insert into "_PostToTag" values (1, 1); insert into "_Friends" values (1, 2);
