/* SPDX-License-Identifier: MIT */
/* What printer.c and print_string.c share. Only for src/graphql. */
#ifndef FQ_GRAPHQL_PRINT_STATE_H
#define FQ_GRAPHQL_PRINT_STATE_H

#include "graphql/printer.h"

enum { FQ_PRINT_INDENT = 2 };

typedef struct fq_printer {
    const fq_document *document;
    fq_buffer *out;
    unsigned indent; /* levels */
} fq_printer;

/* A line end and the indentation of the next line. */
void fq_printer_newline(fq_printer *p);

/* fq_print_block_string with the indentation of the printer. */
void fq_printer_block_string(fq_printer *p, fq_slice text);

#endif
