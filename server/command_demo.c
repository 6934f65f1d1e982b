/* SPDX-License-Identifier: MIT */
/* `fraiseql demo`: hands over to the demo's script, which lies beside an installed program or in the source tree. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"

/* Places of the script, from the folder of the program. */
static const char *const places[] = {"../share/fraiseql/demo/run", "../../tools/demo/run"};

int command_demo(const options *o, const char *program) {
    (void)program;
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (length <= 0) {
        fputs("fraiseql: error: the program's own path is not known (no /proc)\n", stderr);
        return EXIT_COULD_NOT_RUN;
    }
    self[length] = '\0';
    (void)setenv("FRAISEQL_PROGRAM", self, 1);
    if (o->listen.count > 0) {
        (void)setenv("FRAISEQL_LISTEN", o->listen.items[0], 1);
    }
    *strrchr(self, '/') = '\0';
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        char script[PATH_MAX + 64];
        (void)snprintf(script, sizeof(script), "%s/%s", self, places[i]);
        if (access(script, X_OK) == 0) {
            execl(script, script, (char *)NULL);
            perror(script);
        }
    }
    fputs("fraiseql: error: the demo's script is not installed beside this program\n", stderr);
    return EXIT_COULD_NOT_RUN;
}
