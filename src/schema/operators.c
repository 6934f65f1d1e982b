/* SPDX-License-Identifier: MIT */
/* See operators.h. The order of the table is the order of the published filter inputs; other spellings (FraiseQL v1's)
 * follow the proper ones and say which to use instead. */
#include "schema/operators.h"

#define PROPER(name, families, argument, form)                                                                         \
    { FQ_S_INIT(name), {"", 0}, (families), FQ_ARGUMENT_##argument, FQ_FORM_##form }
#define SPELLING(name, instead, families, argument, form)                                                              \
    { FQ_S_INIT(name), FQ_S_INIT(instead), (families), FQ_ARGUMENT_##argument, FQ_FORM_##form }

#define EQUALITY FQ_FAMILY_EQUALITY
#define ORDERED FQ_FAMILY_ORDERED
#define TEXT FQ_FAMILY_TEXT
#define ARRAY FQ_FAMILY_ARRAY

const fq_operator fq_operators[] = {
    PROPER("eq", EQUALITY | ARRAY, SAME, EQ),
    PROPER("neq", EQUALITY | ARRAY, SAME, NEQ),
    PROPER("gt", ORDERED, SAME, GT),
    PROPER("gte", ORDERED, SAME, GTE),
    PROPER("lt", ORDERED, SAME, LT),
    PROPER("lte", ORDERED, SAME, LTE),
    PROPER("in", EQUALITY, LIST, IN),
    PROPER("nin", EQUALITY, LIST, NIN),
    PROPER("isnull", FQ_FAMILY_ANY, BOOLEAN, IS_NULL),
    PROPER("between", ORDERED, PAIR, BETWEEN),
    PROPER("contains", TEXT, STRING, CONTAINS),
    PROPER("icontains", TEXT, STRING, ICONTAINS),
    PROPER("startsWith", TEXT, STRING, STARTS_WITH),
    PROPER("istartsWith", TEXT, STRING, ISTARTS_WITH),
    PROPER("endsWith", TEXT, STRING, ENDS_WITH),
    PROPER("iendsWith", TEXT, STRING, IENDS_WITH),
    PROPER("like", TEXT, STRING, LIKE),
    PROPER("ilike", TEXT, STRING, ILIKE),
    PROPER("nlike", TEXT, STRING, NLIKE),
    PROPER("nilike", TEXT, STRING, NILIKE),
    PROPER("regex", TEXT, STRING, REGEX),
    PROPER("iregex", TEXT, STRING, IREGEX),
    PROPER("nregex", TEXT, STRING, NREGEX),
    PROPER("niregex", TEXT, STRING, NIREGEX),
    PROPER("contains", ARRAY, SAME, ARRAY_CONTAINS),
    PROPER("containedBy", ARRAY, SAME, ARRAY_CONTAINED_BY),
    PROPER("overlaps", ARRAY, SAME, ARRAY_OVERLAPS),
    PROPER("strictlyContains", ARRAY, SAME, ARRAY_STRICTLY_CONTAINS),
    PROPER("lenEq", ARRAY, INT, LEN_EQ),
    PROPER("lenNeq", ARRAY, INT, LEN_NEQ),
    PROPER("lenGt", ARRAY, INT, LEN_GT),
    PROPER("lenGte", ARRAY, INT, LEN_GTE),
    PROPER("lenLt", ARRAY, INT, LEN_LT),
    PROPER("lenLte", ARRAY, INT, LEN_LTE),
    PROPER("anyEq", ARRAY, ELEMENT, ANY_EQ),
    PROPER("allEq", ARRAY, ELEMENT, ALL_EQ),

    SPELLING("ne", "neq", EQUALITY | ARRAY, SAME, NEQ),
    SPELLING("notIn", "nin", EQUALITY, LIST, NIN),
    SPELLING("notin", "nin", EQUALITY, LIST, NIN),
    SPELLING("startswith", "startsWith", TEXT, STRING, STARTS_WITH),
    SPELLING("istartswith", "istartsWith", TEXT, STRING, ISTARTS_WITH),
    SPELLING("endswith", "endsWith", TEXT, STRING, ENDS_WITH),
    SPELLING("iendswith", "iendsWith", TEXT, STRING, IENDS_WITH),
    SPELLING("matches", "regex", TEXT, STRING, REGEX),
    SPELLING("imatches", "iregex", TEXT, STRING, IREGEX),
    SPELLING("not_matches", "nregex", TEXT, STRING, NREGEX),
    SPELLING("contained_by", "containedBy", ARRAY, SAME, ARRAY_CONTAINED_BY),
    SPELLING("strictly_contains", "strictlyContains", ARRAY, SAME, ARRAY_STRICTLY_CONTAINS),
    SPELLING("len_eq", "lenEq", ARRAY, INT, LEN_EQ),
    SPELLING("len_neq", "lenNeq", ARRAY, INT, LEN_NEQ),
    SPELLING("len_gt", "lenGt", ARRAY, INT, LEN_GT),
    SPELLING("len_gte", "lenGte", ARRAY, INT, LEN_GTE),
    SPELLING("len_lt", "lenLt", ARRAY, INT, LEN_LT),
    SPELLING("len_lte", "lenLte", ARRAY, INT, LEN_LTE),
    SPELLING("any_eq", "anyEq", ARRAY, ELEMENT, ANY_EQ),
    SPELLING("all_eq", "allEq", ARRAY, ELEMENT, ALL_EQ),
};

const uint32_t fq_operators_count = sizeof(fq_operators) / sizeof(fq_operators[0]);

static uint32_t families_of_storage(fq_storage storage) {
    switch (storage) {
    case FQ_STORAGE_OTHER:     /* nothing is known of its operators */
    case FQ_STORAGE_COMPOSITE: /* PostgreSQL compares them, but GraphQL has no value to compare with */
        return 0;
    case FQ_STORAGE_BOOL:
        return EQUALITY | FQ_FAMILY_ANY;
    case FQ_STORAGE_JSON:
    case FQ_STORAGE_JSONB:
        return EQUALITY | FQ_FAMILY_JSON | FQ_FAMILY_ANY;
    case FQ_STORAGE_INT4RANGE:
    case FQ_STORAGE_INT8RANGE:
    case FQ_STORAGE_NUMRANGE:
    case FQ_STORAGE_DATERANGE:
    case FQ_STORAGE_TSRANGE:
    case FQ_STORAGE_TSTZRANGE:
        return EQUALITY | FQ_FAMILY_ANY;
    case FQ_STORAGE_TEXT:
    case FQ_STORAGE_BPCHAR:
    case FQ_STORAGE_NAME:
    case FQ_STORAGE_CITEXT:
        return EQUALITY | ORDERED | TEXT | FQ_FAMILY_ANY;
    default:
        return EQUALITY | ORDERED | FQ_FAMILY_ANY;
    }
}

uint32_t fq_operator_families(const fq_pgtype *type) {
    uint32_t families = families_of_storage((fq_storage)type->storage);
    if (!type->array || families == 0) {
        return families;
    }
    /* json has no equality of its own, so its arrays can not be compared. */
    return type->storage == FQ_STORAGE_JSON ? 0 : ARRAY | FQ_FAMILY_ANY;
}
