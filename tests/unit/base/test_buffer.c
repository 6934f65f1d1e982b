/* SPDX-License-Identifier: MIT */
/* Buffers: what an append past the maximum leaves behind, and the functions that move content. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"

static void assert_content(const fq_buffer *buffer, fq_slice expected) {
    assert_int_equal(buffer->len, expected.len);
    if (expected.len > 0) {
        assert_memory_equal(buffer->ptr, expected.ptr, expected.len);
    }
}

static void appends_add_up(void **state) {
    (void)state;
    fq_buffer buffer;
    fq_buffer_init(&buffer, 100000);
    fq_buffer_append(&buffer, NULL, 0);
    assert_content(&buffer, FQ_S(""));
    fq_buffer_literal(&buffer, "one");
    fq_buffer_char(&buffer, ' ');
    fq_buffer_slice(&buffer, FQ_S("two"));
    fq_buffer_printf(&buffer, " %05d", 7);
    assert_content(&buffer, FQ_S("one two 00007"));
    for (int i = 0; i < 5000; i++) {
        fq_buffer_literal(&buffer, "0123456789");
    }
    assert_int_equal(buffer.len, 50013);
    assert_memory_equal(buffer.ptr + 50003, "0123456789", 10);
    assert_false(buffer.failed);
    fq_buffer_done(&buffer);
}

static void an_append_past_the_maximum_changes_nothing_and_sticks(void **state) {
    (void)state;
    fq_buffer buffer;
    fq_buffer_init(&buffer, 10);
    fq_buffer_literal(&buffer, "12345678");
    fq_buffer_literal(&buffer, "abc");
    assert_true(buffer.failed);
    assert_content(&buffer, FQ_S("12345678"));
    fq_buffer_char(&buffer, '9');
    assert_content(&buffer, FQ_S("12345678"));
    fq_buffer_clear(&buffer);
    assert_false(buffer.failed);
    fq_buffer_literal(&buffer, "1234567890");
    assert_false(buffer.failed);
    assert_content(&buffer, FQ_S("1234567890"));
    assert_null(fq_buffer_reserve(&buffer, SIZE_MAX));
    assert_true(buffer.failed);
    fq_buffer_done(&buffer);
}

static void reserved_room_counts_after_the_commit(void **state) {
    (void)state;
    fq_buffer buffer;
    fq_buffer_init(&buffer, 1000);
    char *room = fq_buffer_reserve(&buffer, 600);
    memset(room, 'x', 600);
    assert_int_equal(buffer.len, 0);
    fq_buffer_commit(&buffer, 2);
    assert_content(&buffer, FQ_S("xx"));
    fq_buffer_done(&buffer);
}

static void truncate_and_consume(void **state) {
    (void)state;
    fq_buffer buffer;
    fq_buffer_init(&buffer, 1000);
    fq_buffer_literal(&buffer, "abcdef");
    fq_buffer_truncate(&buffer, 10);
    assert_content(&buffer, FQ_S("abcdef"));
    fq_buffer_truncate(&buffer, 5);
    assert_content(&buffer, FQ_S("abcde"));
    fq_buffer_consume(&buffer, 2);
    assert_content(&buffer, FQ_S("cde"));
    fq_buffer_consume(&buffer, 99);
    assert_content(&buffer, FQ_S(""));
    fq_buffer_done(&buffer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_add_up),
        cmocka_unit_test(an_append_past_the_maximum_changes_nothing_and_sticks),
        cmocka_unit_test(reserved_room_counts_after_the_commit),
        cmocka_unit_test(truncate_and_consume),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
