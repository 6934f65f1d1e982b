-- SPDX-License-Identifier: MIT
-- What Django makes of its own models.

create table django_migrations(id serial primary key, app text);
create table django_content_type (
    id serial primary key, app_label text not null, model text not null, unique(app_label, model)
);
create table auth_user(id serial primary key, username varchar(150) not null unique, is_staff bool not null);
create table auth_group(id serial primary key, name text not null unique);
create table auth_permission (
    id serial primary key, content_type_id int not null references django_content_type, codename text not null,
    unique(content_type_id, codename)
);
create table auth_user_groups (
    id bigserial primary key, user_id int not null references auth_user deferrable initially deferred,
    group_id int not null references auth_group deferrable initially deferred, unique(user_id, group_id)
);
create table auth_group_permissions (
    id bigserial primary key, group_id int not null references auth_group,
    permission_id int not null references auth_permission, unique(group_id, permission_id)
);
create table auth_user_user_permissions (
    id bigserial primary key, user_id int not null references auth_user,
    permission_id int not null references auth_permission, unique(user_id, permission_id)
);
create table django_admin_log (
    id serial primary key, action_time timestamptz not null, object_id text,
    content_type_id int references django_content_type, user_id int not null references auth_user
);
create table django_session (
    session_key varchar(40) primary key, session_data text not null, expire_date timestamptz not null
);

insert into auth_user(username, is_staff) values ('ann', true); insert into auth_group(name) values ('staff'); insert into auth_user_groups(user_id, group_id) values (1, 1);
