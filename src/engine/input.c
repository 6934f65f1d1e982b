/* SPDX-License-Identifier: MIT */
/* See input.h. GraphQL over HTTP, section "Request": query is a string, variables and extensions objects, operationName
 * a string, and null means not given. Unknown members are ignored. */
#include "engine/input.h"

#define USAGE "send {\"query\": \"{ __typename }\"} as application/json"

static bool take_string(const fq_json *object, fq_slice key, fq_slice *text, fq_errors *errors) {
    const fq_json *member = fq_json_member(object, key);
    if (member == NULL || member->kind == FQ_JSON_NULL) {
        return true;
    }
    if (member->kind != FQ_JSON_STRING) {
        fq_errors_add(errors, FQ_ERR_BAD_REQUEST, "\"%.*s\" must be a string", FQ_PRI(key));
        return false;
    }
    *text = member->text.ptr != NULL ? member->text : FQ_S("");
    return true;
}

static bool take_object(const fq_json *object, fq_slice key, const fq_json **value, fq_errors *errors) {
    const fq_json *member = fq_json_member(object, key);
    if (member == NULL || member->kind == FQ_JSON_NULL) {
        return true;
    }
    if (member->kind != FQ_JSON_OBJECT) {
        fq_errors_add(errors, FQ_ERR_BAD_REQUEST, "\"%.*s\" must be an object", FQ_PRI(key));
        return false;
    }
    *value = member;
    return true;
}

bool fq_input_from_json(const fq_json *object, fq_slice text, fq_request_input *request, fq_errors *errors) {
    *request = (fq_request_input){0};
    if (object->kind != FQ_JSON_OBJECT) {
        fq_errors_add(errors, FQ_ERR_BAD_REQUEST, "A request must be a JSON object; " USAGE);
        return false;
    }
    if (!take_string(object, FQ_S("query"), &request->query, errors) ||
        !take_string(object, FQ_S("operationName"), &request->operation_name, errors) ||
        !take_object(object, FQ_S("variables"), &request->variables, errors) ||
        !take_object(object, FQ_S("extensions"), &request->extensions, errors)) {
        return false;
    }
    if (request->variables != NULL) {
        request->variables_text = fq_slice_sub(text, request->variables->start, request->variables->end);
    }
    return true;
}

/* The tree of variables is nested one deeper than the request that holds it, and that than a batch. */
#define OUTER_LEVELS 2

/* `what` is how the message calls the text, `usage` what it ends with. */
static const fq_json *parse_json(fq_arena *arena, fq_slice text, const char *what, const char *usage, uint32_t depth,
                                 fq_errors *errors) {
    fq_json_error error = {0};
    const fq_json *value = fq_json_parse(arena, text, depth + OUTER_LEVELS, &error);
    if (value == NULL && error.too_deep) {
        fq_errors_add(errors, FQ_ERR_LIMIT_EXCEEDED, "%s has JSON nested deeper than %u levels (limit: depth)", what,
                      depth);
    } else if (value == NULL) {
        fq_errors_add(errors, FQ_ERR_BAD_REQUEST, "%s is not valid JSON: %s at byte %zu%s", what, error.message,
                      error.offset, usage);
    }
    return value;
}

static const fq_json *parse_member(fq_arena *arena, fq_slice text, const char *name, uint32_t depth,
                                   fq_errors *errors) {
    const fq_json *value = parse_json(arena, text, name, "", depth, errors);
    if (value != NULL && value->kind != FQ_JSON_OBJECT && value->kind != FQ_JSON_NULL) {
        fq_errors_add(errors, FQ_ERR_BAD_REQUEST, "%s must be an object", name);
        value = NULL;
    }
    return value;
}

/* Members given one by one, as texts. */
static bool from_members(fq_arena *arena, fq_request_input *request, fq_slice variables, fq_slice extensions,
                         uint32_t depth, fq_errors *errors) {
    if (variables.ptr != NULL) {
        const fq_json *value = parse_member(arena, variables, "\"variables\"", depth, errors);
        if (value == NULL) {
            return false;
        }
        if (value->kind == FQ_JSON_OBJECT) {
            request->variables = value;
            request->variables_text = variables;
        }
    }
    if (extensions.ptr != NULL) {
        const fq_json *value = parse_member(arena, extensions, "\"extensions\"", depth, errors);
        if (value == NULL) {
            return false;
        }
        request->extensions = value->kind == FQ_JSON_OBJECT ? value : NULL;
    }
    return true;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* application/x-www-form-urlencoded; a broken escape stays as it is. */
static fq_slice percent_decode(fq_arena *arena, fq_slice s) {
    char *out = fq_arena_alloc(arena, s.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%' && i + 2 < s.len && hex_digit(s.ptr[i + 1]) >= 0 && hex_digit(s.ptr[i + 2]) >= 0) {
            c = (char)(hex_digit(s.ptr[i + 1]) * 16 + hex_digit(s.ptr[i + 2]));
            i += 2;
        }
        out[len++] = c;
    }
    return fq_slice_of(out, len);
}

static bool from_query_string(fq_arena *arena, fq_slice text, uint32_t depth, fq_request_input *request,
                              fq_errors *errors) {
    fq_slice variables = {0};
    fq_slice extensions = {0};
    size_t at = 0;
    while (at < text.len) {
        const char *amp = memchr(text.ptr + at, '&', text.len - at);
        size_t end = amp != NULL ? (size_t)(amp - text.ptr) : text.len;
        fq_slice pair = fq_slice_sub(text, at, end);
        const char *equals = pair.len > 0 ? memchr(pair.ptr, '=', pair.len) : NULL;
        size_t name_len = equals != NULL ? (size_t)(equals - pair.ptr) : pair.len;
        fq_slice name = percent_decode(arena, fq_slice_sub(pair, 0, name_len));
        fq_slice value = equals != NULL ? percent_decode(arena, fq_slice_sub(pair, name_len + 1, pair.len)) : FQ_S("");
        if (fq_slice_equal(name, FQ_S("query"))) {
            request->query = value;
        } else if (fq_slice_equal(name, FQ_S("operationName"))) {
            request->operation_name = value.len > 0 ? value : (fq_slice){0};
        } else if (fq_slice_equal(name, FQ_S("variables"))) {
            variables = value.len > 0 ? value : (fq_slice){0};
        } else if (fq_slice_equal(name, FQ_S("extensions"))) {
            extensions = value.len > 0 ? value : (fq_slice){0};
        }
        at = end + 1;
    }
    return from_members(arena, request, variables, extensions, depth, errors);
}

static fq_input_kind from_body(fq_arena *arena, fq_slice body, uint32_t depth, fq_request_input *request,
                               const fq_json **batch, fq_errors *errors) {
    const fq_json *value = parse_json(arena, body, "The request body", "; " USAGE, depth, errors);
    if (value == NULL) {
        return FQ_INPUT_BAD;
    }
    if (value->kind == FQ_JSON_ARRAY) {
        *batch = value;
        return FQ_INPUT_BATCH;
    }
    return fq_input_from_json(value, body, request, errors) ? FQ_INPUT_SINGLE : FQ_INPUT_BAD;
}

static fq_slice copy(fq_arena *arena, fraiseql_slice s) {
    return s.ptr != NULL ? fq_arena_copy(arena, fq_slice_of(s.ptr, s.len)) : (fq_slice){0};
}

fq_input_kind fq_input_read(fq_arena *arena, const fraiseql_input *input, const fq_limits *limits,
                            fq_request_input *request, const fq_json **batch, fq_errors *errors) {
    *request = (fq_request_input){0};
    size_t total = input->body.len + input->query_string.len + input->query.len + input->variables.len;
    if (total > limits->body_bytes) {
        fq_errors_add(errors, FQ_ERR_PAYLOAD_TOO_LARGE,
                      "The request has %zu bytes, which exceeds the limit of %zu (max_body)", total,
                      limits->body_bytes);
        return FQ_INPUT_TOO_LARGE;
    }
    uint32_t depth = limits->depth;
    if (input->body.ptr != NULL) {
        return from_body(arena, copy(arena, input->body), depth, request, batch, errors);
    }
    if (input->query_string.ptr != NULL) {
        bool good = from_query_string(arena, fq_slice_of(input->query_string.ptr, input->query_string.len), depth,
                                      request, errors);
        return good ? FQ_INPUT_SINGLE : FQ_INPUT_BAD;
    }
    request->query = copy(arena, input->query);
    request->operation_name = copy(arena, input->operation_name);
    bool good =
        from_members(arena, request, copy(arena, input->variables), copy(arena, input->extensions), depth, errors);
    return good ? FQ_INPUT_SINGLE : FQ_INPUT_BAD;
}
