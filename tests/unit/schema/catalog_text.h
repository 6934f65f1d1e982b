/* SPDX-License-Identifier: MIT */
/* Catalogs for tests in a few words. Statements end with `;`, parts inside parentheses are separated by `,`:
 *
 *   users(id int4 pk, email text! unique) {comment of the relation};
 *   view v_user(id uuid, data jsonb);            view, matview, partitioned, foreign; a table otherwise
 *   posts(id int4 pk, author_id int4! ->users.id {comment}, pk(a b), unique(a b), fk(a b ->users.x y {comment}))
 *   base v_user tb_user(id:id name:name);        the view shows these columns of its base
 *   document v_user data {"object": {...}};      the shape of a document column
 *   enum mood(sad ok 'very happy') {comment};  composite addr(street text, zip int4);  domain email text;
 *   function create_user(input jsonb) users volatile {comment};       stable, set
 *   schemas(public other);
 *
 * Names with other characters stand in double quotes; `other.users` is in that schema. `!` means NOT NULL, `-` behind a
 * type: the role may not read the column; `children` and `unreadable` stand behind the relation; `rows N` too. */
#ifndef FQ_TEST_CATALOG_TEXT_H
#define FQ_TEST_CATALOG_TEXT_H

#include "schema/build.h"

fq_slice catalog_json(fq_arena *arena, const char *text);

/* The schema from such a text; fails the test where there is none. */
fq_schema *catalog_schema(fq_arena *arena, const char *text, const fq_schema_options *options);

/* "Type.field" or "Type.field(argument)" or "Type" -> the reference's text, "" for a type; NULL where it does not
 * exist. */
const char *schema_look(fq_arena *arena, const fq_schema *schema, const char *path);

#endif
