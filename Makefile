# SPDX-License-Identifier: MIT
# A thin front of Meson: each target first lets tools/setup install what is missing, then does one thing.
# `meson setup build && ninja -C build` works too.

BUILD  ?= build
PREFIX ?= /usr/local
PYTHON ?= /usr/bin/python3
ARGS   ?=

PROGRAM := $(BUILD)/server/fraiseql
# A comma ends an argument of $(or).
THREE_SEEDS := 1,2,3
# What a build for tests holds: the unit tests, and the extension for the Python that runs them.
TESTING := -Dtests=true -Dpython_extension=true -Dpython=$(PYTHON)
# Where the tests and checks find what was built.
USING   := FRAISEQL_BUILD=$(abspath $(BUILD))

all: ## build the program and the library
	@tools/setup build
	@tools/build $(BUILD)

demo: ## a private PostgreSQL with sample data, served on http://127.0.0.1:8080/graphql
	@tools/setup demo
	@tools/build $(BUILD)
	@FRAISEQL_PROGRAM=$(abspath $(PROGRAM)) exec tools/demo/run

test: ## run every test, or the part that ARGS names (a folder, a file, a part of a name)
	@tools/setup test
	@tools/build $(BUILD) $(TESTING)
	@$(USING) $(PYTHON) tests/run $(ARGS)

install: ## install below PREFIX (/usr/local); DESTDIR works
	@tools/setup build
	@tools/build $(BUILD) -Dprefix=$(abspath $(PREFIX))
	@meson install -C $(BUILD) --no-rebuild

check: ## format, layers, headers, lint
	@tools/setup check
	@tools/build $(BUILD) $(TESTING)
	@$(USING) tools/check $(ARGS)

bench: ## measure beside pgbench; ARGS="--classes a,b --rounds 3" (see docs/benchmarks.md)
	@tools/setup bench
	@tools/build build-bench -Dbench=true -Dtests=false
	@FRAISEQL_BUILD=$(abspath build-bench) $(PYTHON) bench/run $(ARGS)

bench-python: ## measure the Python package beside FastAPI alone, a conventional implementation and pgbench
	@tools/setup bench
	@tools/build build-bench -Dbench=true -Dtests=false -Dpython_extension=true
	@FRAISEQL_BUILD=$(abspath build-bench) $(PYTHON) bench/python/run $(ARGS)

bench-language: ## measure parsing, validation and introspection beside graphql-js
	@tools/setup bench
	@tools/build build-bench -Dbench=true -Dtests=false
	@FRAISEQL_BUILD=$(abspath build-bench) $(PYTHON) bench/language/run $(ARGS)

fuzz: ## run each fuzzer for SECONDS (600)
	@tools/setup fuzz
	@tools/fuzz --seconds $(or $(SECONDS_EACH),$(SECONDS),600) $(ARGS)

sanitize: ## run the tests under the address and undefined-behaviour sanitizers, and the unit tests under valgrind
	@tools/setup test
	@tools/build build-asan $(TESTING) -Dbuildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false
	@FRAISEQL_BUILD=$(abspath build-asan) $(PYTHON) tests/run $(ARGS)
	@tools/build build-valgrind $(TESTING) -Dbuildtype=debugoptimized
	@FRAISEQL_BUILD=$(abspath build-valgrind) $(PYTHON) tests/run --valgrind unit

chinook: ## compare answers with independent SQL on the sample database in SQL=FILE
	@test -n "$(SQL)" || { echo "usage: make chinook SQL=FILE" >&2; exit 2; }
	@tools/setup test
	@tools/build $(BUILD)
	@$(USING) $(PYTHON) tests/chinook/run "$(SQL)" $(ARGS)

conformance: ## run the language vectors in SUITE=DIR through `fraiseql check --jsonl`
	@test -n "$(SUITE)" || { echo "usage: make conformance SUITE=DIR" >&2; exit 2; }
	@tools/setup test
	@tools/build $(BUILD)
	@$(USING) $(PYTHON) tests/conformance/run "$(SUITE)" $(ARGS)

differential: ## compare validation and the language as such with graphql-js: COUNT documents of each of SEEDS (1,2,3); SQL=FILE for another database
	@tools/setup test
	@tools/build $(BUILD)
	@$(USING) $(PYTHON) tests/differential_validation/run --count $(or $(COUNT),20000) --seeds $(or $(SEEDS),$(SEED),$(THREE_SEEDS)) $(if $(SQL),--sql "$(SQL)") $(ARGS)
	@$(USING) $(PYTHON) tests/differential_validation/run --language --count $(or $(COUNT),20000) --seeds $(or $(SEEDS),$(SEED),$(THREE_SEEDS))

bless: ## write the golden cases anew; read the diff
	@tools/setup test
	@tools/build $(BUILD) $(TESTING)
	@$(USING) $(PYTHON) tests/run --bless golden $(ARGS)

format: ## clang-format over everything
	@tools/setup check
	@tools/format

clean: ## remove what was built (the demo's data stays)
	rm -rf $(BUILD) build-bench build-asan build-fuzz build-valgrind

help: ## this text
	@sed -n 's/^\([a-z-]*\): ## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  make %-12s %s\n' "$$name" "$$text"; done

.PHONY: all demo test install check bench bench-language bench-python fuzz sanitize chinook conformance differential bless format clean help
