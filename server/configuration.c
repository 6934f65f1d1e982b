/* SPDX-License-Identifier: MIT */
/* See configuration.h. libyaml's events are taken as they come; anything but a flat mapping is an error with its place.
 */
#include "configuration.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

typedef struct reader {
    const char *file;
    configuration_take take;
    void *arg;
    char *key; /* waiting for its value */
    int depth; /* 1 inside the mapping, 2 inside a list */
    bool good;
} reader;

static bool complain(reader *r, yaml_mark_t mark, const char *what) {
    fprintf(stderr, "%s:%zu:%zu: %s\n", r->file, mark.line + 1, mark.column + 1, what);
    r->good = false;
    return false;
}

static void forget_key(reader *r) {
    free(r->key);
    r->key = NULL;
}

static bool take_scalar(reader *r, const yaml_event_t *event) {
    char *text = strdup((const char *)event->data.scalar.value);
    if (text == NULL || r->depth == 0) {
        free(text);
        return complain(r, event->start_mark, "expected keys with values, such as: listen: 127.0.0.1:8080");
    }
    if (r->depth == 1 && r->key == NULL) {
        r->key = text;
        return true;
    }
    unsigned line = (unsigned)event->start_mark.line + 1;
    unsigned column = (unsigned)event->start_mark.column + 1;
    r->good = r->take(r->arg, r->file, line, column, r->key, text) && r->good;
    free(text);
    if (r->depth == 1) {
        forget_key(r);
    }
    return true;
}

/* False: stop. */
static bool take_event(reader *r, const yaml_event_t *event) {
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return take_scalar(r, event);
    case YAML_MAPPING_START_EVENT:
        if (r->depth > 0) {
            return complain(r, event->start_mark, "keys are flat: a mapping inside a value is not known");
        }
        r->depth = 1;
        return true;
    case YAML_SEQUENCE_START_EVENT:
        if (r->depth != 1 || r->key == NULL) {
            return complain(r, event->start_mark, "a list is only known as the value of a key");
        }
        r->depth = 2;
        return true;
    case YAML_SEQUENCE_END_EVENT:
        r->depth = 1;
        forget_key(r);
        return true;
    case YAML_MAPPING_END_EVENT:
        r->depth = 0;
        return true;
    case YAML_ALIAS_EVENT:
        return complain(r, event->start_mark, "aliases are not known here");
    default:
        return event->type != YAML_STREAM_END_EVENT;
    }
}

bool configuration_read(const char *file, configuration_take take, void *arg) {
    FILE *input = fopen(file, "rb");
    if (input == NULL) {
        fprintf(stderr, "fraiseql: error: cannot read the configuration file '%s': %s\n", file, strerror(errno));
        return false;
    }
    yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) == 0) {
        fclose(input);
        return false;
    }
    yaml_parser_set_input_file(&parser, input);
    reader r = {.file = file, .take = take, .arg = arg, .good = true};
    for (bool more = true; more;) {
        yaml_event_t event;
        if (yaml_parser_parse(&parser, &event) == 0) {
            more = complain(&r, parser.problem_mark, parser.problem != NULL ? parser.problem : "not YAML");
        } else {
            more = take_event(&r, &event);
            yaml_event_delete(&event);
        }
    }
    forget_key(&r);
    yaml_parser_delete(&parser);
    fclose(input);
    return r.good;
}
