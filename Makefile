# make            build/spoor
# make test       golden and unit tests, then the suites over ../shared where it is there
# make check      golden and unit tests under sanitizers, with 3-row batches, with every
#                 allocation failing in turn; include layers; exported symbols
# make update     rewrite the golden files; then read `git diff`
# make format     lay the C files out as clang-format has it
# make docs       rewrite the generated pages in docs/ (tables.md needs ../shared)
# make deps       install the Debian packages that the build needs
# make demo       build, ingest the bundled samples, run the example hunts and the rule pack
# make fuzz       every fuzz target, SECONDS each (clang)
# make bench      measure against peers; writes docs/performance.md
# make pgo        build-pgo/spoor, optimised by a profile and over the whole program
# make install    binary, man page and shell completions below PREFIX
BUILD   ?= build
CC      ?= gcc
LEMON   ?= lemon
RE2C    ?= re2c
PREFIX  ?= /usr/local
SECONDS ?= 60
OPT     ?= -O2
WARN     = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
CSTD     = -std=c11 -D_DEFAULT_SOURCE -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 -g $(OPT) -pthread -I. -I$(BUILD) $(EXTRA)
OURS     = $(CSTD) $(WARN) -Werror
LIBS     = -lsqlite3 -lcjson -lzstd -lz -lyaml -lm -ldl

# Linked in whole where there are archives of them: with fewer libraries to find, map and bind a process is up
# 0.4 ms sooner.  `make ARCHIVES=` leaves all to the loader.
ARCHIVES ?= -lsqlite3 -lzstd -lz -lyaml -ledit -ltinfo -lbsd -lmd

# libzip is loaded when a zip is read (ingest/zip_library.h), by the name that the linker would write down.
LIBZIP  ?= $(or $(shell readelf -d "$$($(CC) -print-file-name=libzip.so)" 2>/dev/null | sed -n 's/.*SONAME.*\[\(.*\)\].*/\1/p'),libzip.so)

DIRS     = base types regex functions lexer parser planner store ingest rules executor pass output engine detect
SRC      = $(wildcard $(DIRS:=/*.c))
GEN      = lexer grammar embedded known_tables build_id
OBJ      = $(SRC:%.c=$(BUILD)/%.o) $(GEN:%=$(BUILD)/gen/%.o)
CLI      = $(patsubst %.c,$(BUILD)/%.o,$(wildcard cli/*.c))
UNIT     = $(wildcard tests/unit/test_*.c)
GOLDEN   = $(wildcard tests/golden/*/*.test)
EMBED    = $(wildcard parsers/*.kql)

all: $(BUILD)/spoor

$(BUILD)/libspoor.a: $(OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/spoor: $(CLI) $(BUILD)/libspoor.a
	[ -n "$(ARCHIVES)" ] && $(CC) $(CSTD) -o $@ $^ -Wl,-Bstatic $(ARCHIVES) -Wl,-Bdynamic -lm -ldl 2> /dev/null \
	    || $(CC) $(CSTD) -o $@ $^ $(LIBS) -ledit

$(BUILD)/%.o: %.c | $(BUILD)/gen/tokens.h
	@mkdir -p $(@D)
	$(CC) $(OURS) -MMD -MP -c -o $@ $<

$(BUILD)/ingest/zip_library.o: CSTD += -DSPOOR_LIBZIP='"$(LIBZIP)"'

# Generated C is compiled without warnings: it is not ours to polish.  At -O1: clang thinks for
# minutes about the lexer's jumps.
$(BUILD)/gen/%.o: $(BUILD)/gen/%.c $(BUILD)/gen/tokens.h
	$(CC) $(CSTD) -O1 -w -MMD -MP -c -o $@ $<
$(BUILD)/gen/lexer.c: lexer/lexer.re $(BUILD)/gen/tokens.h
	$(RE2C) -W --no-generation-date --no-debug-info -o $@ $<
$(BUILD)/gen/grammar.c $(BUILD)/gen/tokens.h &: parser/grammar.y
	@mkdir -p $(BUILD)/gen
	$(LEMON) -q -l -d$(BUILD)/gen $< && mv $(BUILD)/gen/grammar.h $(BUILD)/gen/tokens.h
$(BUILD)/gen/embedded.c: $(BUILD)/embed $(EMBED)
	$(BUILD)/embed $(EMBED) > $@
$(BUILD)/gen/known_tables.c: $(BUILD)/embed parsers/known_tables.txt
	$(BUILD)/embed --text spoor_known_tables parsers/known_tables.txt > $@
# What caches of other code are told by: base/build_id.h.
$(BUILD)/gen/build_id.c: $(SRC) $(wildcard $(DIRS:=/*.h) $(DIRS:=/*.def)) $(EMBED) lexer/lexer.re parser/grammar.y
	@mkdir -p $(@D)
	@echo "const char spoor_build_id[] = \"$$(cat $^ | sha256sum | cut -c 1-32)\";" > $@
$(BUILD)/embed: tools/embed.c
	@mkdir -p $(@D)
	$(CC) $(CSTD) $(WARN) -o $@ $<

# -- samples and demo -----------------------------------------------------------------------------
$(BUILD)/generate: $(patsubst %.c,$(BUILD)/%.o,$(wildcard bench/gen/*.c)) $(BUILD)/libspoor.a
	$(CC) $(CSTD) -o $@ $^ $(LIBS)

samples: $(BUILD)/generate
	$(BUILD)/generate samples

demo:
	@tools/deps
	@$(MAKE) -s -j2 BUILD=$(BUILD) $(BUILD)/spoor
	@tools/demo.sh $(BUILD)

# -- tests ----------------------------------------------------------------------------------------
$(BUILD)/gen/unit_list.h: $(UNIT)
	@mkdir -p $(@D)
	for t in $(notdir $(UNIT:.c=)); do echo "UNIT($$t)"; done > $@
$(BUILD)/tests/unit/unit.o: $(BUILD)/gen/unit_list.h
$(BUILD)/unit: $(BUILD)/tests/unit/unit.o $(UNIT:%.c=$(BUILD)/%.o) $(BUILD)/libspoor.a
	$(CC) $(CSTD) -o $@ $(filter %.o,$^) $(BUILD)/libspoor.a $(LIBS) -lzip

$(BUILD)/golden: $(BUILD)/tests/golden.o $(BUILD)/libspoor.a
	$(CC) $(CSTD) -o $@ $^ $(LIBS)

update: $(BUILD)/golden
	$(BUILD)/golden --update $(GOLDEN)

test: needed
	@$(MAKE) -s -j2 BUILD=$(BUILD) $(BUILD)/spoor $(BUILD)/golden $(BUILD)/unit
	@$(MAKE) -s -j2 BUILD=$(BUILD) $(BUILD)/generate || echo "no generator: the samples are not made again"
	python3 tests/run.py $(BUILD)

# Real queries over real logs, where ../shared is.
corpus: $(BUILD)/spoor
	python3 tests/corpus_run.py $(BUILD)

docs: $(BUILD)/spoor
	tools/docs_functions.py $< > $(BUILD)/page && mv $(BUILD)/page docs/functions.md
	tools/docs_support.py $< > $(BUILD)/page && mv $(BUILD)/page docs/kql-support.md
	tools/docs_command.py $< page > $(BUILD)/page && mv $(BUILD)/page docs/command-line.md
	tools/docs_command.py $< man > $(BUILD)/page && mv $(BUILD)/page docs/spoor.1
	for shell in bash zsh fish; do tools/docs_command.py $< $$shell > $(BUILD)/page && mv $(BUILD)/page tools/completion.$$shell || exit 1; done
	[ ! -d ../shared ] || { tools/docs_tables.py $< ../shared/facts/sysmon_schema.json > $(BUILD)/page && mv $(BUILD)/page docs/tables.md; }

# Sanitizers; the same with 3-row batches; shares of a few rows for three threads, which must not change a byte nor
# race; the same with every allocation failing in turn.
SAN = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -Wno-format-truncation
check: needed layers symbols
	@$(MAKE) -s BUILD=build-san OPT=-O1 EXTRA="$(SAN) -DSPOOR_TEST" build-san/golden build-san/unit
	@$(MAKE) -s BUILD=build-tiny OPT=-O1 EXTRA="$(SAN) -DSPOOR_TEST -DSPOOR_BATCH_ROWS=3" build-tiny/golden
	@$(MAKE) -s BUILD=build-tsan OPT=-O1 EXTRA="-fsanitize=thread -DSPOOR_TEST -DSPOOR_THREAD_ROWS=4" build-tsan/golden
	build-san/unit
	build-san/golden $(GOLDEN)
	build-tiny/golden $(GOLDEN)
	build-tsan/golden --threads=3 $(GOLDEN)
	build-san/golden --oom $(GOLDEN)
	build-san/golden --again $(GOLDEN)
	build-san/golden --no-rewrites $(GOLDEN)

# Layout is clang-format's (.clang-format), but for tables that are fenced and for what is generated.
format:
	clang-format -i $(filter-out gen/% %_table.h %sysmon_messages.h,$(wildcard */*.[ch] */*/*.[ch]))

layers:
	awk -f tools/layers.awk tools/layers.txt $(filter-out gen/%,$(wildcard */*.[chy] */*.re tests/*/*.[ch]))

symbols: $(BUILD)/libspoor.a
	@! nm -g --defined-only $(OBJ) | awk 'NF == 3 && $$3 !~ /^spoor_/ { print $$3 }' | sort -u | grep .

# An empty text may be NULL, and NULL + 0 is NULL: clang alone minds.
FUZZSAN = address,undefined -fno-sanitize=pointer-overflow
FUZZ = $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
SEEDS_fuzz_sigma = tests/data/sigma
fuzz: needed
	@$(MAKE) -s CC=clang BUILD=build-fuzz OPT=-O1 EXTRA="-fsanitize=fuzzer-no-link,$(FUZZSAN) -DSPOOR_TEST" build-fuzz/libspoor.a
	@for f in $(FUZZ); do \
	  clang -std=c11 -D_DEFAULT_SOURCE -D_POSIX_C_SOURCE=200809L -g -O1 -I. -Ibuild-fuzz -pthread \
	    -fsanitize=fuzzer,$(FUZZSAN) -o build-fuzz/$$f tests/fuzz/$$f.c build-fuzz/libspoor.a $(LIBS) || exit 1; \
	  mkdir -p build-fuzz/corpus/$$f; \
	  seeds=; test $$f != fuzz_sigma || seeds=$(SEEDS_fuzz_sigma); \
	  build-fuzz/$$f -max_total_time=$(SECONDS) -rss_limit_mb=4096 build-fuzz/corpus/$$f $$seeds || exit 1; \
	done

deps:
	tools/deps --tests

needed:
	@tools/deps --tests --check >/dev/null || tools/deps --tests

# A quarter of an hour, and wants a quiet machine; `make bench BENCH=--quick` takes a minute.
bench: $(BUILD)/spoor $(BUILD)/generate
	bench/run --spoor $(BUILD)/spoor --generate $(BUILD)/generate $(BENCH)

# A binary for speed, in build-pgo: the whole program at once, laid out by what a run over generated
# events used (bench/pgo).  CC=gcc; answers are those of the plain build.
PGO = -flto=auto -fno-semantic-interposition -Wno-missing-profile -Wno-coverage-mismatch
pgo:
	@$(MAKE) -s BUILD=$(BUILD) $(BUILD)/generate
	@rm -rf build-pgo
	@$(MAKE) -s BUILD=build-pgo OPT="-O2 $(PGO) -fprofile-generate -fprofile-update=atomic" build-pgo/spoor
	bench/pgo build-pgo/spoor $(BUILD)/generate
	@find build-pgo \( -name '*.o' -o -name '*.a' -o -name spoor \) -delete
	@$(MAKE) -s BUILD=build-pgo OPT="-O2 $(PGO) -fprofile-use -fprofile-partial-training" AR=gcc-ar build-pgo/spoor

install: $(BUILD)/spoor
	install -D -m 755 $(BUILD)/spoor $(DESTDIR)$(PREFIX)/bin/spoor
	install -D -m 644 docs/spoor.1 $(DESTDIR)$(PREFIX)/share/man/man1/spoor.1
	install -D -m 644 tools/completion.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/spoor
	install -D -m 644 tools/completion.zsh $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_spoor
	install -D -m 644 tools/completion.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/spoor.fish

clean:
	rm -rf build build-*

-include $(wildcard $(BUILD)/*/*.d $(BUILD)/*/*/*.d)
.PHONY: all clean format samples demo update docs test corpus check layers symbols fuzz bench pgo deps needed install
.SECONDARY:
