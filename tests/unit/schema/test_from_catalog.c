/* SPDX-License-Identifier: MIT */
/* From catalogs to schemas: one row a rule of docs/schema.md. Each row is a catalog, a path into the schema and what
 * stands there (NULL: nothing). */
#include "catalog_text.h"

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

typedef struct row {
    const char *catalog;
    const char *looks[24][2]; /* path, text or NULL; the list ends with a NULL path */
} row;

static void check_rows(const row *rows, size_t n) {
    for (size_t i = 0; i < n; i++) {
        fq_arena *arena = fq_arena_new(16 * 1024 * 1024);
        fq_schema *schema = catalog_schema(arena, rows[i].catalog, NULL);
        for (size_t j = 0; rows[i].looks[j][0] != NULL; j++) {
            const char *path = rows[i].looks[j][0];
            const char *expected = rows[i].looks[j][1];
            const char *got = schema_look(arena, schema, path);
            if ((got == NULL) != (expected == NULL) || (got != NULL && strcmp(got, expected) != 0)) {
                fail_msg("%s: is %s, not %s, in\n%s", path, got != NULL ? got : "missing",
                         expected != NULL ? expected : "missing", rows[i].catalog);
            }
        }
        fq_schema_unref(schema);
        fq_arena_free(arena);
    }
}

#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof(rows[0]))
#define USERS_POSTS                                                                                                    \
    "users(id int4 pk, email text! unique, age int4, created_at timestamptz!);"                                        \
    "posts(id int4 pk, author_id int4! ->users.id, title text!, views int4);"

/* The example of the contract, word for word. */
static void test_the_example(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(16 * 1024 * 1024);
    fq_schema *schema = catalog_schema(arena, USERS_POSTS, NULL);
    fq_buffer sdl;
    fq_buffer_init(&sdl, SIZE_MAX);
    fq_schema_print_sdl(schema, &sdl);
    fq_buffer_char(&sdl, '\0');
    static const char *const parts[] = {
        "type Query {\n"
        "  users(where: UserWhere, orderBy: [UserOrderBy!], limit: Int, offset: Int): [User!]!\n"
        "  user(id: Int!): User\n"
        "  userByEmail(email: String!): User\n"
        "  usersAggregate(where: UserWhere): UserAggregate!\n"
        "  posts(where: PostWhere, orderBy: [PostOrderBy!], limit: Int, offset: Int): [Post!]!\n"
        "  post(id: Int!): Post\n"
        "  postsAggregate(where: PostWhere): PostAggregate!\n"
        "}\n",
        "type User {\n"
        "  id: Int!\n"
        "  email: String!\n"
        "  age: Int\n"
        "  createdAt: DateTime!\n"
        "  posts(where: PostWhere, orderBy: [PostOrderBy!], limit: Int, offset: Int): [Post!]!\n"
        "}\n",
        "type Post {\n  id: Int!\n  authorId: Int!\n  title: String!\n  views: Int\n  author: User\n}\n",
        "input UserWhere {\n  AND: [UserWhere!]\n  OR: [UserWhere!]\n  NOT: UserWhere\n  id: IntFilter\n  email: "
        "StringFilter\n"
        "  age: IntFilter\n  createdAt: DateTimeFilter\n}\n",
        "input PostOrderBy {\n  id: OrderDirection\n  authorId: OrderDirection\n  title: OrderDirection\n  views: "
        "OrderDirection\n}\n",
        "type PostAggregate {\n  count: Int!\n  sum: PostSum\n  avg: PostAvg\n  min: PostMin\n  max: PostMax\n}\n",
        "type PostSum {\n  id: BigInt\n  authorId: BigInt\n  views: BigInt\n}\n",
        "type PostAvg {\n  id: Float\n  authorId: Float\n  views: Float\n}\n",
        "type PostMin {\n  id: Int\n  authorId: Int\n  title: String\n  views: Int\n}\n",
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (strstr(sdl.ptr, parts[i]) == NULL) {
            fail_msg("missing:\n%s\nin:\n%s", parts[i], sdl.ptr);
        }
    }
    fq_buffer_done(&sdl);
    fq_schema_unref(schema);
    fq_arena_free(arena);
}

static void test_types(void **state) {
    (void)state;
    static const row rows[] = {
        {"t(i2 int2, i4 int4, i8 int8, n numeric, m money, f4 float4, f8 float8, b bool, t text, v varchar, c bpchar, "
         "ci citext, nm name);",
         {{"T.i2", "Int"},       {"T.i4", "Int"},       {"T.i8", "BigInt"},     {"T.n", "Decimal"},
          {"T.m", "Decimal"},    {"T.f4", "Float"},     {"T.f8", "Float"},      {"T.b", "Boolean"},
          {"T.t", "String"},     {"T.v", "String"},     {"T.c", "String"},      {"T.ci", "String"},
          {"T.nm", "String"},    {"TSum.i4", "BigInt"}, {"TSum.i8", "Decimal"}, {"TSum.f4", "Float"},
          {"TSum.m", "Decimal"}, {"TAvg.m", NULL},      {"TAvg.i8", "Decimal"}, {"TSum.b", NULL},
          {"TMin.b", NULL},      {"TMin.t", "String"}}},
        {"t(u uuid, d date, ti time, tz timetz, ts timestamp, tstz timestamptz, iv interval, j json, jb jsonb, ba "
         "bytea, ip inet, cd cidr, mac macaddr, mac8 macaddr8, lt ltree);",
         {{"T.u", "UUID"},
          {"T.d", "Date"},
          {"T.ti", "Time"},
          {"T.tz", "Time"},
          {"T.ts", "DateTime"},
          {"T.tstz", "DateTime"},
          {"T.iv", "Duration"},
          {"T.j", "JSON"},
          {"T.jb", "JSON"},
          {"T.ba", "Bytes"},
          {"T.ip", "IpAddress"},
          {"T.cd", "CIDR"},
          {"T.mac", "MacAddress"},
          {"T.mac8", "MacAddress"},
          {"T.lt", "LTreePath"},
          {"TOrderBy.j", NULL},
          {"TWhere.j", "JSONFilter"},
          {"TMin.u", NULL},
          {"TMax.iv", "Duration"}}},
        {"t(a int4range, b int8range, c numrange, d daterange, e tsrange, f tstzrange);",
         {{"T.a", "Int4Range"},
          {"T.b", "Int8Range"},
          {"T.c", "NumRange"},
          {"T.d", "DateRange"},
          {"T.e", "TsRange"},
          {"T.f", "TstzRange"},
          {"TWhere.a", "Int4RangeFilter"},
          {"Int4RangeFilter.eq", "Int4Range"},
          {"Int4RangeFilter.gt", NULL}}},
        /* anything else by its text: shown, but nothing is known of its operators */
        {"t(p point, x xml, id int4);",
         {{"T.p", "String"},
          {"T.x", "String"},
          {"TWhere.p", NULL},
          {"TOrderBy.x", NULL},
          {"TMin.p", NULL},
          {"TWhere.id", "IntFilter"}}},
        /* arrays: nullable items */
        {"t(a int4[]!, b text[], j json[], p point[]);",
         {{"T.a", "[Int]!"},
          {"T.b", "[String]"},
          {"T.j", "[JSON]"},
          {"T.p", "[String]"},
          {"TWhere.a", "IntArrayFilter"},
          {"TWhere.j", NULL},
          {"TWhere.p", NULL},
          {"IntArrayFilter.eq", "[Int]"},
          {"IntArrayFilter.in", NULL},
          {"IntArrayFilter.contains", "[Int]"},
          {"IntArrayFilter.lenGte", "Int"},
          {"IntArrayFilter.anyEq", "Int"},
          {"IntArrayFilter.isnull", "Boolean"},
          {"IntArrayFilter.gt", NULL},
          {"TOrderBy", NULL},
          {"Query.ts(orderBy)", NULL}}},
        /* domains are their base, through any depth */
        {"domain email text; domain work_email email; t(a email, b work_email, c email[]);",
         {{"T.a", "String"}, {"T.b", "String"}, {"T.c", "[String]"}, {"TWhere.b", "StringFilter"}}},
        /* enums */
        {"enum order_status('new' 'PG-13' '1st' 'true' 'a b' 'a_b'); t(s order_status!, ss order_status[]);",
         {{"T.s", "OrderStatus!"},
          {"T.ss", "[OrderStatus]"},
          {"OrderStatus.new", "new"},
          {"OrderStatus.PG_13", "PG-13"},
          {"OrderStatus._1st", "1st"},
          {"OrderStatus._true", "true"},
          {"OrderStatus.a_b", "a_b"}, /* what is legal stays */
          {"OrderStatus.a_b_2", "a b"},
          {"TWhere.s", "OrderStatusFilter"},
          {"OrderStatusFilter.in", "[OrderStatus]"},
          {"OrderStatusFilter.gt", "OrderStatus"},
          {"OrderStatusFilter.like", NULL},
          {"TWhere.ss", "OrderStatusArrayFilter"},
          {"TMax.s", "OrderStatus"}}},
        /* composites */
        {"composite geo(lat float8, lng float8); composite addr(street text, zip int4, geo geo, tags text[]); t(id "
         "int4 pk, a addr, l addr[]);",
         {{"T.a", "Addr"},
          {"T.l", "[Addr]"},
          {"Addr.street", "String"},
          {"Addr.geo", "Geo"},
          {"Addr.tags", "[String]"},
          {"Geo.lat", "Float"},
          {"TWhere.a", NULL},
          {"AddrWhere", NULL},
          {"TOrderBy.a", NULL}}},
        /* not null: of tables NOT NULL and primary keys, of views nothing */
        {"t(id int4 pk, a int4!, b int4); view v(id int4!, a int4!); matview m(a int4!); partitioned p(a int4!, b int4 "
         "pk); foreign f(a int4!);",
         {{"T.id", "Int!"},
          {"T.a", "Int!"},
          {"T.b", "Int"},
          {"V.id", "Int"},
          {"V.a", "Int"},
          {"M.a", "Int"},
          {"P.a", "Int!"},
          {"P.b", "Int!"},
          {"F.a", "Int"}}},
    };
    CHECK(rows);
}

static void test_filters(void **state) {
    (void)state;
    static const row rows[] = {
        {"t(a int4, s text, b bool, j jsonb, u uuid);",
         {{"IntFilter.eq", "Int"},
          {"IntFilter.in", "[Int]"},
          {"IntFilter.between", "[Int!]"},
          {"IntFilter.isnull", "Boolean"},
          {"IntFilter.contains", NULL},
          {"IntFilter.ne", "Int"},
          {"IntFilter.notIn", "[Int]"},
          {"StringFilter.icontains", "String"},
          {"StringFilter.iendsWith", "String"},
          {"StringFilter.not_matches", "String"},
          {"StringFilter.startswith", "String"},
          {"BooleanFilter.eq", "Boolean"},
          {"BooleanFilter.gt", NULL},
          {"JSONFilter.eq", "JSON"},
          {"JSONFilter.lt", NULL},
          {"UUIDFilter.in", "[UUID]"},
          {"UUIDFilter.like", NULL},
          {"TWhere.AND", "[TWhere!]"},
          {"TWhere.NOT", "TWhere"}}},
    };
    CHECK(rows);
    fq_arena *arena = fq_arena_new(16 * 1024 * 1024);
    fq_schema *schema = catalog_schema(arena, "t(s text);", NULL);
    const fq_type *filter = fq_schema_type(schema, FQ_S("StringFilter"));
    const fq_input_value *old = fq_type_input_field(filter, FQ_S("startswith"));
    assert_true(old->deprecated);
    assert_true(fq_slice_equal(old->deprecation_reason, FQ_S("use startsWith")));
    assert_false(fq_type_input_field(filter, FQ_S("startsWith"))->deprecated);
    fq_schema_unref(schema);
    fq_arena_free(arena);
}

static void test_names(void **state) {
    (void)state;
    static const row rows[] = {
        /* columns */
        {"t(\"URL\" text, \"API_KEY\" text, \"zip code\" text, \"CustomerID\" text, dns_1_id int4, \"2fa\" bool, _x "
         "int4);",
         {{"T.url", "String"},
          {"T.apiKey", "String"},
          {"T.zipCode", "String"},
          {"T.customerID", "String"},
          {"T.dns1Id", "Int"},
          {"T._2fa", "Boolean"},
          {"T._x", "Int"}}},
        {"t(a int4, \"\xC3\xBC\" int4, \"AND\" int4, \"__typename\" text);",
         {{"T.a", "Int"},
          {"T.and", "Int"},
          {"TWhere.and", "IntFilter"},
          {"TWhere.AND", "[TWhere!]"},
          {"T._typename", "String"}}},
        /* relations, root fields */
        {"invoice_line(invoice_line_id int4 pk);",
         {{"Query.invoiceLines", "[InvoiceLine!]!"},
          {"Query.invoiceLine(invoiceLineId)", "Int!"},
          {"Query.invoiceLine", "InvoiceLine"},
          {"Query.invoiceLinesAggregate", "InvoiceLineAggregate!"}}},
        {"t(tenant_id int4!, email text!, unique(tenant_id email), id int4 pk);",
         {{"Query.tByTenantIdAndEmail(tenantId)", "Int!"}, {"Query.tByTenantIdAndEmail(email)", "String!"}}},
        {"people(id int4 pk); news(id int4 pk); \"Order Details\"(\"OrderID\" int4, \"ProductID\" int4, pk(\"OrderID\" "
         "\"ProductID\"));",
         {{"Query.people", "[Person!]!"},
          {"Query.person", "Person"},
          {"Query.newses", "[News!]!"},
          {"Query.news", "News"},
          {"Query.orderDetails", "[OrderDetail!]!"},
          {"Query.orderDetail(orderID)", "Int!"},
          {"Query.orderDetail(productID)", "Int!"}}},
        {"\"_PostToTag\"(\"A\" int4!, \"B\" int4!, unique(\"A\" \"B\")); \"User\"(id int4 pk);",
         {{"Query._postToTags", "[_PostToTag!]!"},
          {"Query._postToTagByAAndB(a)", "Int!"},
          {"Query._postToTag", NULL},
          {"Query.users", "[User!]!"}}},
        /* prefixes are stripped */
        {"tb_country(id int4 pk);", {{"Query.countries", "[Country!]!"}, {"Country.id", "Int!"}}},
        {"mv_sale(id int4);", {{"Query.sales", "[Sale!]!"}, {"Sale.id", "Int"}}},
        /* a name outside ASCII is left out, and with it its relation */
        {"t(id int4 pk); \"\xC3\xBC\"(id int4 pk); only_bad(\"\xC3\xA9\" int4);",
         {{"Query.ts", "[T!]!"}, {"Query.onlyBads", NULL}, {"OnlyBad", NULL}}},
        /* unreadable columns are not there; a key of them neither */
        {"t(id int4 pk, secret text -, email text - unique);",
         {{"T.secret", NULL}, {"T.email", NULL}, {"Query.tByEmail", NULL}}},
        {"t(id int4 - pk, a int4);", {{"Query.ts", "[T!]!"}, {"Query.t", NULL}}},
        {"t(id int4 pk) unreadable; u(id int4 pk);", {{"Query.ts", NULL}, {"Query.us", "[U!]!"}}},
        /* no database is too empty */
        {"", {{"Query._empty", "String"}, {"Mutation", NULL}}},
        {"t();", {{"Query._empty", "String"}}},
    };
    CHECK(rows);
}

static void test_entities(void **state) {
    (void)state;
    static const row rows[] = {
        /* the plain names go to the first of tv_, v_, mv_, bare or tb_ */
        {"tb_user(pk_user int4 pk, id uuid unique); view v_user(id uuid, a int4); tv_user(id uuid pk, b int4); matview "
         "mv_user(id uuid, c int4);",
         {{"User.b", "Int"}, {"User.a", NULL}, {"Query.users", "[User!]!"}, {"Query.vUsers", NULL}, {"VUser", NULL}}},
        {"view v_user(id uuid, a int4); users(id uuid pk, b int4);", {{"User.a", "Int"}, {"User.b", NULL}}},
        {"matview mv_user(id uuid, a int4); users(id uuid pk, b int4);", {{"User.a", "Int"}}},
        {"users(id uuid pk, b int4); tb_user(id uuid pk, a int4);", {{"User.b", "Int"}}},
        /* named ones keep their prefix, or have the given name */
        {"view v_user(id uuid, a int4); tv_user(id uuid pk) ; view v_x(id uuid) {@fraiseql:type name=Other};",
         {{"Query.others", "[Other!]!"}, {"Query.other", "Other"}}},
        {"view v_user(id uuid, a int4) {@fraiseql:type name=LiveUser}; tv_user(id uuid pk, b int4);",
         {{"User.b", "Int"}, {"LiveUser.a", "Int"}, {"Query.liveUsers", "[LiveUser!]!"}}},
        /* where v_ or tv_ relations are, tb_ tables are hidden */
        {"tb_user(pk_user int4 pk, id uuid unique); tb_audit(pk_audit int4 pk, id uuid unique); view v_user(id uuid);",
         {{"Query.users", "[User!]!"}, {"Query.audits", NULL}, {"Audit", NULL}}},
        {"tb_user(pk_user int4 pk, id uuid unique); tb_audit(pk_audit int4 pk, id uuid unique) {@fraiseql:type "
         "name=Audit}; view v_user(id uuid);",
         {{"Query.audits", "[Audit!]!"}}},
        /* hidden by annotation; the next one takes the names */
        {"view v_user(id uuid, a int4) {@fraiseql:type hidden}; users(id uuid pk, b int4);",
         {{"User.b", "Int"}, {"User.a", NULL}}},
        /* of two schemas the first exposed one */
        {"schemas(app public); users(id int4 pk, a int4); app.users(id int4 pk, b int4);",
         {{"User.b", "Int"}, {"User.a", NULL}}},
        {"schemas(app); users(id int4 pk);", {{"Query.users", NULL}, {"Query._empty", "String"}}},
    };
    CHECK(rows);
}

static void test_fraiseql_tables(void **state) {
    (void)state;
    static const row rows[] = {
        {"tb_user(pk_user int4 pk, id uuid! unique, identifier text unique, name text);"
         "tb_post(pk_post int4 pk, id uuid! unique, fk_author int4! ->tb_user.pk_user);",
         {{"User.pkUser", NULL},
          {"User.id", "UUID!"},
          {"Query.user(id)", "UUID!"},
          {"Query.userByIdentifier(identifier)", "String!"},
          {"Query.userById", NULL},
          {"Query.userByPkUser", NULL},
          {"Post.fkAuthor", NULL},
          {"Post.author", "User"},
          {"User.posts", "[Post!]!"},
          {"UserWhere.pkUser", NULL},
          {"UserSum", NULL}}},
        /* pk_ without a unique id is a column like others */
        {"t(pk_t int4 pk, id int4);", {{"T.pkT", "Int!"}, {"Query.t(pkT)", "Int!"}}},
        /* a view over it is asked for by id too, though the base's key is passed through */
        {"tb_user(pk_user int4 pk, id uuid! unique); view v_user(pk_user int4, id uuid, name text); base v_user "
         "tb_user(pk_user:pk_user id:id);",
         {{"Query.user(id)", "UUID!"}, {"User.pkUser", NULL}, {"User.name", "String"}}},
        /* a column x_id leads to the entity x */
        {"tv_user(id uuid pk); tv_post(id uuid pk, user_id uuid, machine_id uuid, other_id int4);",
         {{"Post.user", "User"}, {"Post.machine", NULL}, {"Post.userId", "UUID"}, {"User.posts", NULL}}},
        {"tv_user(id uuid pk); tv_post(id uuid pk, user_id int4);", {{"Post.user", NULL}}},
        /* foreign keys of hidden tables count where their columns are shown by name */
        {"tb_user(pk_user int4 pk, id uuid! unique); tb_post(pk_post int4 pk, id uuid! unique, fk_user int4! "
         "->tb_user.pk_user);"
         "view v_user(pk_user int4, id uuid); view v_post(id uuid, fk_user int4);",
         {{"Post.user", "User"}, {"User.posts", "[Post!]!"}, {"Post.fkUser", NULL}}},
    };
    CHECK(rows);
}

static void test_relations(void **state) {
    (void)state;
    static const row rows[] = {
        /* to-one: the key column without fk_ and _id, Id, ID */
        {"a(id int4 pk); b(id int4 pk, owner_id int4 ->a.id, \"makerId\" int4 ->a.id, \"SellerID\" int4 ->a.id, "
         "fk_buyer int4 ->a.id, plain int4 ->a.id);",
         {{"B.owner", "A"},
          {"B.maker", "A"},
          {"B.seller", "A"},
          {"B.buyer", "A"},
          {"B.plain", "Int"},
          {"B.aByPlain", "A"},
          {"A.bsByOwnerId", "[B!]!"},
          {"A.bsByMakerId", "[B!]!"},
          {"A.bsBySellerID", "[B!]!"},
          {"A.bsByFkBuyer", "[B!]!"},
          {"A.bsByPlain", "[B!]!"},
          {"A.bs", NULL}}},
        /* to-many, with arguments; never null */
        {USERS_POSTS,
         {{"User.posts", "[Post!]!"},
          {"User.posts(where)", "PostWhere"},
          {"User.posts(orderBy)", "[PostOrderBy!]"},
          {"User.posts(limit)", "Int"},
          {"User.posts(offset)", "Int"},
          {"Post.author", "User"}}},
        /* self references */
        {"employee(employee_id int4 pk, reports_to int4 ->employee.employee_id);",
         {{"Employee.reportsTo", "Int"},
          {"Employee.employeeByReportsTo", "Employee"},
          {"Employee.employeesByReportsTo", "[Employee!]!"}}},
        {"node(id int4 pk, parent_id int4 ->node.id);",
         {{"Node.parent", "Node"}, {"Node.nodesByParentId", "[Node!]!"}}},
        /* two keys from one table */
        {"language(id int4 pk); film(id int4 pk, language_id int4! ->language.id, original_language_id int4 "
         "->language.id);",
         {{"Film.language", "Language"},
          {"Film.originalLanguage", "Language"},
          {"Language.filmsByLanguageId", "[Film!]!"},
          {"Language.filmsByOriginalLanguageId", "[Film!]!"},
          {"Language.films", NULL}}},
        /* several columns */
        {"c(a int4, b text, pk(a b)); r(id int4 pk, x int4, y text, fk(x y ->c.a b));",
         {{"R.cByXAndY", "C"}, {"C.rs", "[R!]!"}}},
        /* the name taken by a column */
        {"u(id int4 pk); p(id int4 pk, author text, author_id int4 ->u.id);",
         {{"P.author", "String"}, {"P.uByAuthorId", "U"}}},
        {"u(id int4 pk); p(id int4 pk ->u.id);", {{"P.id", "Int!"}, {"P.uById", "U"}, {"U.ps", "[P!]!"}}},
        /* many-to-many: a key that is exactly two foreign keys */
        {"playlist(id int4 pk); track(id int4 pk); playlist_track(playlist_id int4 ->playlist.id, track_id int4 "
         "->track.id, pk(playlist_id track_id));",
         {{"Playlist.tracks", "[Track!]!"},
          {"Track.playlists", "[Playlist!]!"},
          {"Playlist.playlistTracks", "[PlaylistTrack!]!"},
          {"Playlist.tracks(where)", "TrackWhere"}}},
        {"auth_user(id int4 pk); auth_group(id int4 pk); auth_user_groups(id int8 pk, user_id int4! ->auth_user.id, "
         "group_id int4! ->auth_group.id, unique(user_id group_id));",
         {{"AuthUser.authGroups", "[AuthGroup!]!"},
          {"AuthGroup.authUsers", "[AuthUser!]!"},
          {"AuthUser.authUserGroups", "[AuthUserGroup!]!"}}},
        {"a(id int4 pk); b(id int4 pk); j(a_id int4 ->a.id, b_id int4 ->b.id, n int4, pk(a_id b_id n));",
         {{"A.bs", NULL}, {"A.js", "[J!]!"}}},
        {"a(id int4 pk); b(id int4 pk); j(a_id int4 ->a.id, b_id int4 ->b.id);", {{"A.bs", NULL}}},
        {"a(x int4, y int4, pk(x y)); b(id int4 pk); j(x int4, y int4, b_id int4 ->b.id, fk(x y ->a.x y), pk(x y "
         "b_id));",
         {{"A.bs", "[B!]!"}, {"B.as", "[A!]!"}}},
        /* a junction of a table with itself */
        {"u(id int4 pk); friend(a_id int4 ->u.id, b_id int4 ->u.id, pk(a_id b_id));",
         {{"U.us", "[U!]!"}, {"U.usByFriend", "[U!]!"}, {"U.friendsByAId", "[Friend!]!"}}},
        /* clashes: column, to-one, to-many, many-to-many */
        {"tags(id int4 pk); posts(id int4 pk, tags text); post_tags(post_id int4 ->posts.id, tag_id int4 ->tags.id, "
         "pk(post_id tag_id));",
         {{"Post.tags", "String"}, {"Post.tagsByPostTag", "[Tag!]!"}, {"Tag.posts", "[Post!]!"}}},
        {"u(id int4 pk, ps text); p(id int4 pk, u_id int4 ->u.id);",
         {{"U.ps", "String"}, {"U.psByUId", "[P!]!"}, {"P.u", "U"}}},
        {"a(id int4 pk); b(id int4 pk); t(id int4 pk, x_id int4 ->a.id, fk(x_id ->b.id));",
         {{"T.x", "A"}, {"T.bByXId", "B"}}},
        /* the same key twice is one relation */
        {"a(id int4 pk); b(id int4 pk, a_id int4 ->a.id, fk(a_id ->a.id));",
         {{"B.a", "A"}, {"A.bs", "[B!]!"}, {"B.aByAId", NULL}}},
        /* hidden and excluded sides have no relations */
        {"a(id int4 pk) {@fraiseql:type hidden}; b(id int4 pk, a_id int4 ->a.id);", {{"B.a", NULL}, {"B.aId", "Int"}}},
        {"a(id int4 - pk, n int4); b(id int4 pk, a_id int4 ->a.id);", {{"B.a", NULL}}},
        /* a hidden junction still joins */
        {"a(id int4 pk); b(id int4 pk); j(a_id int4 ->a.id, b_id int4 ->b.id, pk(a_id b_id)) {@fraiseql:type hidden};",
         {{"A.bs", "[B!]!"}, {"A.js", NULL}, {"Query.js", NULL}}},
        {"a(id int4 pk); b(id int4 pk); j(a_id int4 ->a.id, b_id int4 ->b.id, pk(a_id b_id)) unreadable;",
         {{"A.bs", NULL}}},
    };
    CHECK(rows);
}

static void test_keys(void **state) {
    (void)state;
    static const row rows[] = {
        {"t(id int4 pk, a int4 unique, unique(id));",
         {{"Query.t(id)", "Int!"}, {"Query.tByA(a)", "Int!"}, {"Query.tById", NULL}}},
        {"t(a int4! unique, b int4 unique);",
         {{"Query.t", NULL}, {"Query.tByA(a)", "Int!"}, {"Query.tByB(b)", "Int!"}}},
        {"t(a int4, b int4);", {{"Query.t", NULL}, {"Query.ts(where)", "TWhere"}}},
        {"t(a jsonb unique, b int4[] unique, p point unique);",
         {{"Query.tByA", NULL}, {"Query.tByB", NULL}, {"Query.tByP", NULL}}},
        /* views: the annotation, the base's key, `id` */
        {"view v(id int4, code text) {@fraiseql:type key=code};",
         {{"Query.v(code)", "String!"}, {"Query.v(id)", NULL}}},
        {"t(a int4, b int4, pk(a b)); view w(x int4, y int4, n int4); base w t(x:a y:b);",
         {{"Query.w(x)", "Int!"}, {"Query.w(y)", "Int!"}}},
        {"t(a int4, b int4, pk(a b)); view w(x int4, n int4); base w t(x:a);", {{"Query.w", NULL}}},
        {"t(a int4 pk) children; view w(a int4); base w t(a:a);", {{"Query.w", NULL}}},
        {"t(a int4 pk); view w(a int4); base w t(a:a); view z(q int4); base z w(q:a);", {{"Query.z(q)", "Int!"}}},
        {"view w(id int4);", {{"Query.w(id)", "Int!"}}},
        {"view w(a int4);", {{"Query.w", NULL}, {"Query.ws(orderBy)", "[WOrderBy!]"}}},
        {"foreign f(id int4);", {{"Query.f(id)", "Int!"}}},
        {"view v(a int4, b text) {@fraiseql:type\nkey: [a, b]};", {{"Query.v(a)", "Int!"}, {"Query.v(b)", "String!"}}},
        {"view v(a int4) {@fraiseql:type key=nothing};", {{"Query.v", NULL}}},
    };
    CHECK(rows);
}

static void test_clashing_types(void **state) {
    (void)state;
    static const row rows[] = {
        {"query(id int4 pk); date(id int4 pk); int(id int4 pk); mutation(id int4 pk); order_direction(id int4 pk);",
         {{"Query.queries", "[QueryTable!]!"},
          {"Query.dates", "[DateTable!]!"},
          {"Query.int", "IntTable"},
          {"Query.mutation", "MutationTable"},
          {"Query.orderDirections", "[OrderDirectionTable!]!"},
          {"DateTableWhere.id", "IntFilter"}}},
        {"users(id int4 pk); user_where(id int4 pk); user_aggregates(id int4 pk); string_filter(id int4 pk);",
         {{"Query.userWheres", "[UserWhereTable!]!"},
          {"Query.userAggregates", "[UserAggregateTable!]!"},
          {"Query.stringFilters", "[StringFilterTable!]!"},
          {"UserWhere.id", "IntFilter"}}},
        {"enum status(a); statuses(id int4 pk, s status); status_filter(id int4 pk);",
         {{"Status.s", "StatusEnum"},
          {"StatusEnumFilter.eq", "StatusEnum"},
          {"Query.statusFilters", "[StatusFilterTable!]!"}}},
        {"composite users_info(a int4); users_info_s(id int4 pk, i users_info); users_infos(id int4 pk, i users_info);",
         {{"UsersInfo.i", "UsersInfoComposite"}}},
        {"user(id int4 pk, a int4); users(id int4 pk, b int4);", {{"User.a", "Int"}, {"User.b", NULL}}},
        /* a root field that is taken is left out */
        {"users(id int4 pk); users_aggregate(id int4 pk);",
         {{"Query.usersAggregate", "UserAggregate!"},
          {"Query.usersAggregates", "[UsersAggregate!]!"},
          {"Query.users", "[User!]!"}}},
        {"t(\"first_name\" int4, \"firstName\" text);", {{"T.firstName", "Int"}}},
    };
    CHECK(rows);
}

static void test_annotations(void **state) {
    (void)state;
    static const row rows[] = {
        {"t(a int4 {@fraiseql:field name=theA}, b int4 {@fraiseql:field hidden}, c int4 {@fraiseql:field type=ID}, d "
         "int4 {@fraiseql:field required});",
         {{"T.theA", "Int"},
          {"T.a", NULL},
          {"T.b", NULL},
          {"TWhere.b", NULL},
          {"T.c", "ID"},
          {"T.d", "Int!"},
          {"TWhere.c", "IDFilter"}}},
        {"view v(id uuid {@fraiseql:field type=ID!});", {{"V.id", "ID!"}, {"Query.v(id)", "ID!"}}},
        {"\"\xC3\xBC\"(\"\xC3\xBC\" int4 {@fraiseql:field name=ue}) {@fraiseql:type\nname: Ue\nplural: ueen};",
         {{"Query.ueen", "[Ue!]!"}, {"Ue.ue", "Int"}}},
        {"u(id int4 pk); p(id int4 pk, u_id int4 ->u.id {@fraiseql:relation name=writer, list=texts});",
         {{"P.writer", "U"}, {"P.u", NULL}, {"U.texts", "[P!]!"}, {"U.ps", NULL}}},
        {"u(id int4 pk); p(id int4 pk, u_id int4 ->u.id {@fraiseql:relation hidden});",
         {{"P.u", NULL}, {"U.ps", NULL}, {"P.uId", "Int"}}},
        {"u(id int4 pk); f(a_id int4 ->u.id {@fraiseql:relation many=followers}, b_id int4 ->u.id {@fraiseql:relation "
         "many=following}, pk(a_id b_id));",
         {{"U.followers", "[U!]!"}, {"U.following", "[U!]!"}, {"U.us", NULL}}},
        {"enum mood(a) {@fraiseql:type name=Feeling}; t(m mood);", {{"T.m", "Feeling"}}},
        /* not legal: as if it were not there */
        {"t(a int4 {@fraiseql:field name=1a}) {@fraiseql:type name=a-b};", {{"T.a", "Int"}}},
    };
    CHECK(rows);
}

static void test_documents(void **state) {
    (void)state;
    static const row rows[] = {
        {"view v_user(id uuid, data jsonb); document v_user data {\"object\": {\"id\": {\"string\":true}, "
         "\"first_name\": {\"string\":true,\"null\":true},"
         " \"age\": {\"int\":true}, \"big\": {\"int\":true,\"bigint\":true}, \"score\": "
         "{\"int\":true,\"number\":true}, \"ok\": {\"boolean\":true},"
         " \"mixed\": {\"int\":true,\"string\":true}, \"nothing\": {\"null\":true}, \"__typename\": "
         "{\"string\":true}}};",
         {{"User.id", "UUID"},
          {"User.firstName", "String"},
          {"User.age", "Int"},
          {"User.big", "BigInt"},
          {"User.score", "Float"},
          {"User.ok", "Boolean"},
          {"User.mixed", "JSON"},
          {"User.nothing", "JSON"},
          {"User.data", NULL},
          {"User._typename", NULL},
          {"UserWhere.firstName", "StringFilter"},
          {"UserWhere.age", "IntFilter"},
          {"UserOrderBy.score", "OrderDirection"},
          {"UserOrderBy.mixed", NULL},
          {"UserSum.age", "BigInt"}}},
        {"tv_user(id uuid pk, data jsonb!); document tv_user data {\"object\": {\"address\": {\"object\": {\"street\": "
         "{\"string\":true}, \"geo\": {\"object\": {\"lat\": {\"number\":true}}}}},"
         " \"tags\": {\"array\": {\"string\":true}}, \"items\": {\"array\": {\"object\": {\"n\": {\"int\":true}}}}, "
         "\"none\": {\"array\": {}},"
         " \"matrix\": {\"array\": {\"array\": {\"int\":true}}}, \"dict\": {\"dictionary\":true}, \"odd\": "
         "{\"object\": {\"\xC3\xBC\": {\"int\":true}}}}};",
         {{"User.address", "UserAddress"},
          {"UserAddress.street", "String"},
          {"UserAddress.geo", "UserAddressGeo"},
          {"UserAddressGeo.lat", "Float"},
          {"User.tags", "[String]"},
          {"User.items", "[UserItems]"},
          {"UserItems.n", "Int"},
          {"User.none", "[JSON]"},
          {"User.matrix", "[[Int]]"},
          {"User.dict", "JSON"},
          {"User.odd", "JSON"},
          {"UserWhere.address", "UserAddressWhere"},
          {"UserAddressWhere.geo", "UserAddressGeoWhere"},
          {"UserAddressGeoWhere.lat", "FloatFilter"},
          {"UserWhere.tags", NULL},
          {"UserWhere.items", NULL}}},
        /* no rows, no knowledge */
        {"view v_user(id uuid, data jsonb);", {{"User.data", "JSON"}}},
        {"view v_user(id uuid, data jsonb); document v_user data {};", {{"User.data", "JSON"}}},
        {"view v_user(id uuid, data jsonb); document v_user data {\"array\": {}};", {{"User.data", "JSON"}}},
        /* declared fields win over sampled ones */
        {"view v_user(id uuid, data jsonb) {@fraiseql:type\nfields:\n  firstName: String!\n  tags: [String!]\n  age: "
         "Int\n  x: Nothing};"
         "document v_user data {\"object\": {\"other\": {\"int\":true}}};",
         {{"User.firstName", "String!"},
          {"User.tags", "[String!]"},
          {"User.age", "Int"},
          {"User.x", NULL},
          {"User.other", NULL}}},
        /* tables in other styles keep their jsonb */
        {"users(id int4 pk, data jsonb);", {{"User.data", "JSON"}}},
        /* an embedded object and the key beside it */
        {"tv_machine(id uuid pk); tv_user(id uuid pk, machine_id uuid, data jsonb); document tv_user data {\"object\": "
         "{\"machine\": {\"object\": {\"id\": {\"string\":true}}}}};",
         {{"User.machine", "UserMachine"}, {"User.machineByMachineId", "Machine"}}},
    };
    CHECK(rows);
}

static void test_document_keys(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(16 * 1024 * 1024);
    fq_schema *schema =
        catalog_schema(arena,
                       "view v_user(id uuid, data jsonb); document v_user data {\"object\": {\"first name\": "
                       "{\"string\":true}, \"lastName\": {\"string\":true}, \"last_name\": {\"string\":true}}};",
                       NULL);
    const fq_type *user = fq_schema_type(schema, FQ_S("User"));
    const fq_field *first = fq_type_field(user, FQ_S("firstName"));
    const fq_field *last = fq_type_field(user, FQ_S("lastName"));
    assert_true(fq_slice_equal(first->document_key, FQ_S("first name")));
    assert_int_equal(first->document_alternative.len, 0);
    assert_true(fq_slice_equal(last->document_key, FQ_S("lastName")));
    assert_true(fq_slice_equal(last->document_alternative, FQ_S("last_name")));
    assert_int_equal(user->entity->sources[first->index]->kind, FQ_SOURCE_DOCUMENT);
    assert_true(fq_slice_equal(user->entity->relation->document->name, FQ_S("data")));
    fq_schema_unref(schema);
    fq_arena_free(arena);
}

static void test_functions(void **state) {
    (void)state;
    static const row rows[] = {
        {"users(id int4 pk, name text); function create_user(input jsonb) users; function fn_update_user(id int4, "
         "input json) users; function list_users(input jsonb) users set;",
         {{"Mutation.createUser", "User"},
          {"Mutation.createUser(input)", "JSON!"},
          {"Mutation.updateUser(id)", "Int!"},
          {"Mutation.updateUser(input)", "JSON!"},
          {"Mutation.listUsers", "[User!]!"}}},
        /* not of the form */
        {"users(id int4 pk); function f(input jsonb) users stable; function g(input text) users; function h(input "
         "jsonb, x int4) users; function i() users;",
         {{"Mutation", NULL}, {"Query.f", NULL}}},
        /* by annotation */
        {"users(id int4 pk); function touch(user_id int4, why text default) users {@fraiseql:mutation}; function "
         "search(term text, most int4 default) users set stable {@fraiseql:query name=findUsers};",
         {{"Mutation.touch(userId)", "Int!"},
          {"Mutation.touch(why)", "String"},
          {"Query.findUsers", "[User!]!"},
          {"Query.findUsers(term)", "String!"},
          {"Query.findUsers(most)", "Int"}}},
        {"users(id int4 pk); function create_user(input jsonb) users {@fraiseql:mutation hidden};",
         {{"Mutation", NULL}}},
        /* single values; nothing for void and record */
        {"function count_it(input jsonb) int4; function nothing(input jsonb) void; function anything(input jsonb) "
         "record;",
         {{"Mutation.countIt", "Int"}, {"Mutation.nothing", NULL}, {"Mutation.anything", NULL}}},
        /* rows of a hidden table have the type of its entity */
        {"tb_user(pk_user int4 pk, id uuid! unique, name text); tv_user(id uuid pk, data jsonb); document tv_user data "
         "{\"object\": {\"name\": {\"string\":true}}}; function create_user(input jsonb) tb_user;",
         {{"Mutation.createUser", "User"}, {"User.name", "String"}}},
        /* of a table that nothing stands for: a type without root fields */
        {"tb_user(pk_user int4 pk, id uuid! unique, name text); view v_x(id int4); function create_user(input jsonb) "
         "tb_user;",
         {{"Mutation.createUser", "User"}, {"User.name", "String"}, {"Query.users", NULL}, {"UserWhere", NULL}}},
        {"users(id int4 pk) unreadable; function create_user(input jsonb) users;",
         {{"Mutation.createUser", "User"}, {"Query.users", NULL}}},
    };
    CHECK(rows);
}

static const fq_function *mutation_of(const fq_schema *schema, const char *name) {
    return fq_type_field(schema->mutation, fq_slice_from_cstr(name))->source->function;
}

static void test_function_entities(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(16 * 1024 * 1024);
    fq_schema *schema =
        catalog_schema(arena,
                       "tb_user(pk_user int4 pk, id uuid! unique, name text);"
                       "tv_user(id uuid pk, data jsonb); document tv_user data {\"object\": {\"name\": "
                       "{\"string\":true}, \"more\": {\"int\":true}}};"
                       "tb_tag(pk_tag int4 pk, id uuid! unique, name text); view v_tag(id uuid, name text);"
                       "function create_user(input jsonb) tb_user; function make_user(input jsonb) tv_user; function "
                       "create_tag(input jsonb) tb_tag;",
                       NULL);
    /* tb_user has no `more`: the row is found again in tv_user by its id */
    assert_true(fq_slice_equal(mutation_of(schema, "createUser")->row_type->name, FQ_S("tb_user")));
    assert_true(fq_slice_equal(mutation_of(schema, "createUser")->returns->relation->name, FQ_S("tv_user")));
    assert_true(fq_slice_equal(mutation_of(schema, "makeUser")->returns->relation->name, FQ_S("tv_user")));
    /* tb_tag has all that v_tag has */
    assert_true(fq_slice_equal(mutation_of(schema, "createTag")->returns->relation->name, FQ_S("tb_tag")));
    assert_int_equal(mutation_of(schema, "createTag")->input_param, 0);
    fq_schema_unref(schema);
    fq_arena_free(arena);
}

static const fq_source *source_of(const fq_schema *schema, const char *type_name, const char *field_name) {
    const fq_type *type = fq_schema_type(schema, fq_slice_from_cstr(type_name));
    return type->entity->sources[fq_type_field(type, fq_slice_from_cstr(field_name))->index];
}

static void test_joins(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(16 * 1024 * 1024);
    fq_schema *schema = catalog_schema(arena,
                                       "u(id int4 pk) rows 10; p(id int4 pk, u_id int4 ->u.id, n int4 unique) rows 50; "
                                       "q(id int4 pk, u_id int4 unique ->u.id);"
                                       "x(id int4 pk) children; y(id int4 pk, x_id int4 ->x.id);"
                                       "j(u_id int4 ->u.id, p_id int4 ->p.id, pk(u_id p_id)) rows 100;",
                                       NULL);
    const fq_join *one = source_of(schema, "P", "u")->join;
    assert_int_equal(source_of(schema, "P", "u")->kind, FQ_SOURCE_TO_ONE);
    assert_true(one->unique);
    assert_true(fq_slice_equal(one->from[0]->name, FQ_S("u_id")) && fq_slice_equal(one->to[0]->name, FQ_S("id")));
    const fq_join *many = source_of(schema, "U", "qs")->join;
    assert_true(many->unique);                               /* its column is unique there */
    assert_false(source_of(schema, "Y", "x")->join->unique); /* children repeat keys */
    const fq_join *through = source_of(schema, "U", "ps")->join;
    const fq_join *junction = source_of(schema, "U", "js")->join;
    assert_null(junction->through);
    assert_true(junction->average == 10);
    const fq_join *plain = source_of(schema, "U", "ps")->join;
    assert_ptr_equal(plain, through);
    assert_null(plain->through); /* to-many comes before many-to-many */
    assert_true(plain->average == 5 && !plain->unique);
    const fq_join *both = source_of(schema, "U", "psByJ")->join;
    assert_non_null(both->through);
    assert_true(fq_slice_equal(both->through->name, FQ_S("j")) && both->through_unique);
    assert_true(fq_slice_equal(both->to[0]->name, FQ_S("u_id")) &&
                fq_slice_equal(both->through_from[0]->name, FQ_S("p_id")));
    assert_true(fq_slice_equal(both->through_to[0]->name, FQ_S("id")));
    fq_schema_unref(schema);
    fq_arena_free(arena);
}

typedef struct warning_row {
    const char *catalog;
    const char *contains[3]; /* one part a warning, in order */
} warning_row;

static void test_warnings(void **state) {
    (void)state;
    static const warning_row rows[] = {
        {USERS_POSTS, {NULL}},
        {"employee(employee_id int4 pk, reports_to int4 ->employee.employee_id);", {NULL}},
        {"t(\"\xC3\xBC\" int4, a int4);", {"@fraiseql:field name="}},
        {"t(first_name int4, \"firstName\" text);", {"\"firstName\""}},
        {"user(id int4 pk); users(id int4 pk);", {"@fraiseql:type name="}},
        {"date(id int4 pk);", {"DateTable"}},
        {"u(id int4 pk, ps text); p(id int4 pk, u_id int4 ->u.id);", {"list="}},
        {"enum e('a b' 'a_b'); t(e e);", {"a_b_2"}},
        {"a(id int4 pk); b(id int4 pk); t(id int4 pk, x_id int4 ->a.id, fk(x_id ->b.id));", {"name="}},
        {"tags(id int4 pk); posts(id int4 pk, tags text); post_tags(post_id int4 ->posts.id, tag_id int4 ->tags.id, "
         "pk(post_id tag_id));",
         {"many="}},
        {"function f(input jsonb) void;", {"@fraiseql:mutation hidden"}},
        {"view v_user(id uuid, data jsonb);", {"fields:"}},
        {"users(id int4 pk); users_aggregate(id int4 pk);", {"Query.usersAggregate"}},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fq_arena *arena = fq_arena_new(16 * 1024 * 1024);
        fq_schema *schema = catalog_schema(arena, rows[i].catalog, NULL);
        uint32_t n = 0;
        while (rows[i].contains[n] != NULL) {
            const char *got = n < schema->n_warnings ? fq_arena_cstr(arena, schema->warnings[n]) : "(none)";
            if (strstr(got, rows[i].contains[n]) == NULL) {
                fail_msg("warning %u is: %s\nin %s", n, got, rows[i].catalog);
            }
            n++;
        }
        if (n != schema->n_warnings) {
            fail_msg("%u warnings, not %u, first: %.*s\nin %s", schema->n_warnings, n, FQ_PRI(schema->warnings[0]),
                     rows[i].catalog);
        }
        fq_schema_unref(schema);
        /* strict: the same as errors */
        fq_errors errors;
        fq_errors_init(&errors, arena, 10);
        fq_schema_options strict = {.strict = 1};
        schema = fq_schema_from_catalog(catalog_json(arena, rows[i].catalog), &strict, &errors);
        assert_true((schema == NULL) == (n > 0));
        assert_int_equal(errors.list.len, n);
        fq_schema_unref(schema);
        fq_arena_free(arena);
    }
}

static void test_patterns(void **state) {
    (void)state;
    static const struct {
        const char *include, *exclude;
        const char *present[3], *absent[3];
    } rows[] = {
        {NULL, "secret*", {"Query.users"}, {"Query.secretThings"}},
        {"user*", NULL, {"Query.users"}, {"Query.secretThings", "Query.posts"}},
        {"public.*", "public.posts", {"Query.users"}, {"Query.posts"}},
        {"other.*", NULL, {"Query._empty"}, {"Query.users"}},
        {NULL, "posts", {"User.id"}, {"User.posts", "Mutation"}},
        {NULL, "?osts", {"User.id"}, {"Query.posts"}},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fq_arena *arena = fq_arena_new(16 * 1024 * 1024);
        fq_slice include = fq_slice_from_cstr(rows[i].include);
        fq_slice exclude = fq_slice_from_cstr(rows[i].exclude);
        fq_schema_options options = {.include = &include,
                                     .n_include = rows[i].include != NULL,
                                     .exclude = &exclude,
                                     .n_exclude = rows[i].exclude != NULL};
        fq_schema *schema = catalog_schema(arena,
                                           "users(id int4 pk); posts(id int4 pk, u_id int4 ->users.id); "
                                           "secret_things(id int4 pk); function create_post(input jsonb) posts;",
                                           &options);
        for (size_t j = 0; j < 3; j++) {
            if (rows[i].present[j] != NULL && schema_look(arena, schema, rows[i].present[j]) == NULL) {
                fail_msg("row %zu: %s is missing", i, rows[i].present[j]);
            }
            if (rows[i].absent[j] != NULL && schema_look(arena, schema, rows[i].absent[j]) != NULL) {
                fail_msg("row %zu: %s is there", i, rows[i].absent[j]);
            }
        }
        assert_int_equal(schema->n_warnings, 0); /* what was left out on purpose needs none */
        fq_schema_unref(schema);
        fq_arena_free(arena);
    }
    /* a relation that is named stands beside a better one of its entity */
    fq_arena *arena = fq_arena_new(16 * 1024 * 1024);
    fq_slice both[] = {FQ_S_INIT("tv_user"), FQ_S_INIT("v_user")};
    fq_schema_options options = {.include = both, .n_include = 2};
    fq_schema *schema = catalog_schema(arena, "view v_user(id uuid); tv_user(id uuid pk);", &options);
    assert_string_equal(schema_look(arena, schema, "Query.vUsers"), "[VUser!]!");
    assert_string_equal(schema_look(arena, schema, "Query.users"), "[User!]!");
    fq_schema_unref(schema);
    fq_arena_free(arena);
}

/* What is no catalog, or one that lies about its columns, gives an error or a schema, never a crash. */
static void test_broken_catalogs(void **state) {
    (void)state;
    static const struct {
        const char *json;
        bool loads;
    } rows[] = {
        {"", false},
        {"[]", false},
        {"{}", false},
        {"{\"version\":2}", false},
        {"{\"version\":1}", true},
        {"{\"version\":1,\"relations\":[{}],\"types\":[{}],\"functions\":[{}],\"views\":[{}],\"documents\":[{}]}",
         true},
        {"{\"version\":1,\"relations\":7,\"types\":\"x\",\"schemas\":{}}", true},
        {"{\"version\":1,\"schemas\":[\"p\"],\"relations\":[{\"oid\":1,\"schema\":\"p\",\"name\":\"t\",\"columns\":[{"
         "\"name\":\"a\",\"type\":99}]}]}",
         true},
        {"{\"version\":1,\"schemas\":[\"p\"],\"types\":[{\"oid\":9,\"kind\":\"d\",\"base\":9,\"name\":\"d\"},{\"oid\":"
         "8,\"kind\":\"b\",\"element\":8,\"name\":\"e\"},"
         "{\"oid\":7,\"kind\":\"c\",\"name\":\"c\",\"attributes\":[{\"name\":\"c\",\"type\":7},{\"name\":\"d\","
         "\"type\":9}]}],"
         "\"relations\":[{\"oid\":1,\"schema\":\"p\",\"name\":\"t\",\"columns\":[{\"name\":\"a\",\"type\":9},{\"name\":"
         "\"b\",\"type\":8},{\"name\":\"c\",\"type\":7}],"
         "\"keys\":[{\"columns\":[9]},{\"columns\":[]},{\"columns\":[1,1]}],\"foreign_keys\":[{\"columns\":[1],"
         "\"target\":1,\"target_columns\":[]},"
         "{\"columns\":[7],\"target\":1,\"target_columns\":[8]},{\"columns\":[2],\"target\":77,\"target_columns\":[1]}]"
         "}],"
         "\"views\":[{\"relation\":1,\"base\":1,\"columns\":[[1,1]]}]}",
         true},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fq_arena *arena = fq_arena_new(16 * 1024 * 1024);
        fq_errors errors;
        fq_errors_init(&errors, arena, 10);
        fq_schema *schema = fq_schema_from_catalog(fq_slice_from_cstr(rows[i].json), NULL, &errors);
        if ((schema != NULL) != rows[i].loads || fq_errors_any(&errors) == rows[i].loads) {
            fail_msg("row %zu", i);
        }
        fq_schema_unref(schema);
        fq_arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_example),    cmocka_unit_test(test_types),
        cmocka_unit_test(test_filters),        cmocka_unit_test(test_names),
        cmocka_unit_test(test_entities),       cmocka_unit_test(test_fraiseql_tables),
        cmocka_unit_test(test_relations),      cmocka_unit_test(test_keys),
        cmocka_unit_test(test_clashing_types), cmocka_unit_test(test_annotations),
        cmocka_unit_test(test_documents),      cmocka_unit_test(test_document_keys),
        cmocka_unit_test(test_functions),      cmocka_unit_test(test_function_entities),
        cmocka_unit_test(test_joins),          cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_patterns),       cmocka_unit_test(test_broken_catalogs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
