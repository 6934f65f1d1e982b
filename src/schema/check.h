/* SPDX-License-Identifier: MIT */
/* The checks behind fq_scalar_check and fq_storage_check, one file a family. All are pure, take the whole text, and
 * allow only what PostgreSQL 15 to 17 reads with the same meaning. Private to src/schema. */
#ifndef FQ_SCHEMA_CHECK_H
#define FQ_SCHEMA_CHECK_H

#include "base/slice.h"

/* Whether a zone may, may not or need not be there. */
typedef enum fq_zone_rule { FQ_ZONE_OPTIONAL, FQ_ZONE_FORBIDDEN } fq_zone_rule;

/* What a range needs to know of a bound: its place in order, where that is cheap to tell. */
typedef struct fq_bound {
    bool comparable;
    double approximate; /* never in the wrong order: equal where rounding hides the difference */
    int64_t exact;      /* where is_exact */
    bool is_exact;
} fq_bound;

bool fq_check_integer(fq_slice text, int64_t min, int64_t max, fq_bound *bound);
bool fq_check_decimal(fq_slice text, fq_bound *bound);
bool fq_check_date(fq_slice text, fq_bound *bound);
bool fq_check_time(fq_slice text, fq_zone_rule zone);
bool fq_check_datetime(fq_slice text, fq_zone_rule zone, fq_bound *bound);
bool fq_check_duration(fq_slice text);

bool fq_check_ip_address(fq_slice text);
bool fq_check_cidr(fq_slice text);
/* Of `max_bytes` 6, or 8, which also allows 6. */
bool fq_check_mac_address(fq_slice text, int max_bytes);

typedef enum fq_range_of {
    FQ_RANGE_OF_INT4,
    FQ_RANGE_OF_INT8,
    FQ_RANGE_OF_DECIMAL,
    FQ_RANGE_OF_DATE,
    FQ_RANGE_OF_TIMESTAMP,
    FQ_RANGE_OF_TIMESTAMPTZ,
} fq_range_of;

bool fq_check_range(fq_slice text, fq_range_of of);

#endif
