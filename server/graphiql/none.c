/* SPDX-License-Identifier: MIT */
/* The files of GraphiQL where the build has no npm: none. */
#include "pages.h"

const page_file page_files[] = {{0}};
