# Warpcore. Targets:
#   all (default)      build/warpcore
#   run                the main example: U-Boot on a two-core SoC, a program for both cores behind it, driven from Lua
#   test               every test; T=word runs only those whose name contains the word
#   test-isa           the instruction set against QEMU, N=1000000 random cases (SEED=n repeats a run)
#   test-sweep         sweeps, with GNU parallel, ssh and a Slurm of this machine (installs them; as root)
#   test-model         the warp protocol's model in spin;  test-stress: its code, and cores on threads, under
#                      ThreadSanitizer
#   test-linux         Linux with each type and number of cores, its own self-tests; BRIEF=1: fewer boots; GUESTS=dir: the kernels
#   fuzz               T=name S=seconds: a target of tests/fuzz, all of them without T; RUNS=number in place of S
#   test-trees         the board trees of Debian's linux-source package: each builds, or is refused in a true sentence
#   guests             Linux kernels and a root file system from Debian's packages, into build/guests (half an hour)
#   bench              speed, side by side with QEMU where it is installed
#   docs             the manual from the program's own tables: $(BUILD)/docs, an HTML page and man pages
#   deps install uninstall clean format lint
# Variables: CC=gcc|clang  SAN=1 (address + undefined sanitizers)  TSAN=1  DEBUG=1 (invariants asserted)
#            WERROR=1  V=1 (shows the commands)  BUILD=dir  PREFIX=/usr/local  DESTDIR=

comma    := ,
Q        := $(if $(V),,@)
VARIANT  := $(if $(SAN),-san)$(if $(TSAN),-tsan)$(if $(DEBUG),-debug)$(if $(findstring clang,$(CC)),-clang)
BUILD    ?= build$(VARIANT)
PREFIX   ?= /usr/local
VERSION  := $(shell cat VERSION)
# The date of the manual is that of the version, whenever and wherever it is made.
DOCS_DATE := $(shell date -u $(if $(SOURCE_DATE_EPOCH),-d @$(SOURCE_DATE_EPOCH),-r VERSION) +%F)

# Debian packages: what building and `make run` take, and what the tests take on top.
BUILD_PACKAGES := gcc libc6-dev pkg-config device-tree-compiler liblua5.4-dev libedit-dev libfdt-dev zlib1g-dev libxxhash-dev libmd-dev libslirp-dev libseccomp-dev u-boot-qemu
TEST_PACKAGES  := busybox libcmocka-dev libmpfr-dev gcc-powerpc-linux-gnu libc6-dev-powerpc-cross binutils-powerpc-linux-gnu qemu-system-ppc \
	clang clang-format cpio e2fsprogs groff-base lua-check mandoc spin tcpdump
# What `make test-sweep` takes on top; without them, `make test` skips their part.
SWEEP_PACKAGES := munge openssh-client openssh-server parallel slurm-wlm

LUA_CFLAGS := $(shell pkg-config --cflags lua5.4 2>/dev/null)
LUA_LIBS   := $(shell pkg-config --libs lua5.4 libedit 2>/dev/null)

CFLAGS     ?= -O2 -g
WARNINGS   := -Wall -Wextra -Wno-unused-parameter -Wshadow -Werror=missing-prototypes -Wstrict-prototypes -Wvla -Wundef \
	-Wpointer-arith $(if $(WERROR),-Werror)
SANITIZE   := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer) \
	$(if $(TSAN),-fsanitize=thread) \
	$(if $(FUZZ),-fsanitize=fuzzer-no-link$(comma)address$(comma)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
ALL_CFLAGS := -std=gnu11 $(WARNINGS) $(CFLAGS) $(SANITIZE) -pthread -I. -I$(BUILD)/gen $(LUA_CFLAGS) \
	-DWARPCORE_DEBUG=$(if $(DEBUG),1,0) \
	-DWARPCORE_VERSION='"$(VERSION)"' -DWARPCORE_DATADIR='"$(PREFIX)/share/warpcore"'
LIBS       := $(LUA_LIBS) -lfdt -lz -lxxhash -lmd -lslirp -lseccomp -lm -pthread

# A room may hold rooms; sim/isa/gen is a program of the build.
LIB_SOURCES := $(filter-out sim/isa/gen/%,$(sort $(wildcard $(addsuffix .c,sim/*/* sim/*/*/* soc/* soc/*/* soc/*/*/*))))
LUA_SOURCES := $(sort $(wildcard $(addsuffix .c,lua/*/* lua/*/*/*)))
# Compiled a second time for cores of 64 bits (sim/exec/width.h).
WIDE_SOURCES := sim/exec/exec_branch.c sim/exec/exec_integer.c sim/exec/exec_memory.c sim/exec/exec_spr.c
WIDE_OBJECTS := $(WIDE_SOURCES:%.c=$(BUILD)/%64.o)
LIB_OBJECTS := $(LIB_SOURCES:%.c=$(BUILD)/%.o) $(WIDE_OBJECTS)
LUA_OBJECTS := $(LUA_SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/gen/lua_library.o $(BUILD)/gen/lua_manual.o
LUA_LIBRARY := $(wildcard lua/lib/*.lua)
# Below lua/main/main.c, all is a library.
ARCHIVES    := $(BUILD)/libwarpcore-lua.a $(BUILD)/libwarpcore.a

# Each test_*.c is one cmocka program that `make test` runs, each run_*.c a program with a target of its own;
# the other .c files of a folder are linked to all programs of that folder.
PROGRAM_SOURCES := $(wildcard tests/*/test_*.c tests/*/run_*.c benchmarks/run_*.c)
PROGRAMS        := $(PROGRAM_SOURCES:%.c=$(BUILD)/%)
TESTS           := $(filter $(BUILD)/tests/%,$(foreach p,$(PROGRAMS),$(if $(filter test_%,$(notdir $p)),$p)))
shared_objects   = $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(PROGRAM_SOURCES),$(wildcard $(dir $1)*.c)))
# What tests of several rooms stand on; a program takes what it names.
FIXTURES        := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/fixture/*.c))

all: $(BUILD)/warpcore

$(BUILD)/libwarpcore.a: $(LIB_OBJECTS)
$(BUILD)/libwarpcore-lua.a: $(filter-out $(BUILD)/lua/main/main.o,$(LUA_OBJECTS))
$(BUILD)/libfixture.a: $(FIXTURES)
$(ARCHIVES) $(BUILD)/libfixture.a:
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/warpcore: $(BUILD)/lua/main/main.o $(ARCHIVES)
	@echo "  LINK $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(WIDE_OBJECTS): $(BUILD)/%64.o: %.c
	@mkdir -p $(@D)
	@echo "  CC   $< (64 bits)"
	$(Q)$(CC) $(ALL_CFLAGS) -DEXEC_WIDTH=64 -MMD -MP -c -o $@ $<

# Where the installed boards are is compiled in: another PREFIX, another object.
$(BUILD)/lua/kit/locate.o: $(BUILD)/prefix
$(BUILD)/prefix: $(if $(filter $(PREFIX),$(shell cat $(BUILD)/prefix 2>/dev/null)),,always)
	@mkdir -p $(@D)
	@echo $(PREFIX) >$@

# The library in Lua becomes part of the binary, which then needs no path to find it.
$(BUILD)/gen/lua_library.c: lua/bind/embed.sh lua/lib $(LUA_LIBRARY)
	@mkdir -p $(@D)
	@echo "  GEN  $@"
	$(Q)sh lua/bind/embed.sh $(LUA_LIBRARY) >$@

# The manual page at the head of a device model, and of what else has one, becomes help.
MANUAL_PAGES := $(wildcard soc/device/*.c) sim/machine/semihost.c
$(BUILD)/gen/lua_manual.c: lua/bind/manual.sh soc/device $(MANUAL_PAGES)
	@mkdir -p $(@D)
	@echo "  GEN  $@"
	$(Q)sh lua/bind/manual.sh $(MANUAL_PAGES) >$@

$(BUILD)/gen/lua_%.o: $(BUILD)/gen/lua_%.c
	@echo "  CC   $<"
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The instruction table is checked, and the decoder's tables are printed, by a program built first.
$(BUILD)/isagen: $(BUILD)/sim/isa/gen/isagen.o $(BUILD)/sim/isa/isa_table.o $(BUILD)/sim/isa/isa.o
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^
$(BUILD)/gen/sim/isa/decode_table.h: $(BUILD)/isagen
	@mkdir -p $(@D)
	@echo "  GEN  $@"
	$(Q)$< >$@.new && mv $@.new $@
$(BUILD)/sim/isa/isa_decode.o: $(BUILD)/gen/sim/isa/decode_table.h

.SECONDEXPANSION:
$(PROGRAMS): $(BUILD)/%: $(BUILD)/%.o $$(call shared_objects,$$*.c) $(BUILD)/libfixture.a $(ARCHIVES)
	@echo "  LINK $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(BUILD)/libfixture.a $(ARCHIVES) -lcmocka $(LIBS)

# Fuzz targets: tests/fuzz/fuzz_NAME.c, by libFuzzer of clang, under its sanitizers. Without FUZZ, each runs its corpus.
FUZZ_SOURCES := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_NAMES   := $(FUZZ_SOURCES:tests/fuzz/fuzz_%.c=%)
FUZZERS      := $(FUZZ_SOURCES:%.c=$(BUILD)/%)
$(FUZZERS): $(BUILD)/%: $(BUILD)/%.o $(BUILD)/tests/fuzz/fuzz.o $(if $(FUZZ),,$(BUILD)/tests/fuzz/corpus.o) \
		$(BUILD)/libfixture.a $(ARCHIVES)
	@echo "  LINK $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(if $(FUZZ),-fsanitize=fuzzer) $(LDFLAGS) -o $@ $(filter %.o,$^) $(BUILD)/libfixture.a $(ARCHIVES) $(LIBS)

# MPFR is the oracle of these tests alone.
$(BUILD)/tests/float/test_softfloat $(BUILD)/tests/exec/test_efp: LIBS += -lmpfr -lgmp

-include tests/guests/guests.mk

# deps comes first and the work in a make of its own, so that what deps installs is seen by it.
deps: deps-build deps-test
deps-build:
	@tests/deps $(BUILD_PACKAGES)
deps-test: deps-build # one apt-get at a time
	@tests/deps $(TEST_PACKAGES)

run: deps-build
	@$(MAKE) --no-print-directory all
	$(BUILD)/warpcore lua/examples/first-light.lua

test: deps
	@$(MAKE) --no-print-directory test-built
# The programs of other targets are built too, so that none is left behind by a change.
test-built: all docs $(PROGRAMS) $(FUZZERS) $(GUEST_PROGRAMS)
	@BUILD=$(BUILD) tests/run $(T)

N    ?= 1000000
test-isa: deps
	@$(MAKE) --no-print-directory $(BUILD)/tests/diff/run_diff $(filter $(BUILD)/tests/diff/%,$(GUEST_PROGRAMS))
	$(BUILD)/tests/diff/run_diff -n $(N) $(if $(SEED),-s $(SEED))

test-model: deps
	tests/time/model/run.sh

test-sweep: deps
	@tests/deps $(SWEEP_PACKAGES)
	@$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) tests/run lua/test_sweep

# The clock from all sides, then cores on threads: first alone, then with guests.
STRESS_PROGRAMS := build-tsan/tests/time/run_stress build-tsan/tests/machine/test_threads
test-stress: deps
	@$(MAKE) --no-print-directory TSAN=1 all $(STRESS_PROGRAMS) build-tsan/tests/guests/smp.elf
	build-tsan/tests/time/run_stress
	build-tsan/tests/machine/test_threads
	BUILD=build-tsan build-tsan/warpcore tests/system/test_threads.lua

test-trees: deps-build
	@tests/deps linux-source cpp
	@$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) tests/trees/run

fuzz: deps
	@[ -z "$(filter-out $(FUZZ_NAMES),$(T))" ] || { echo "make fuzz: there is no target $(T), but $(FUZZ_NAMES)" >&2; exit 1; }
	@tests/deps libclang-rt-$$(clang -dumpversion | cut -d. -f1)-dev # libFuzzer
	@$(MAKE) --no-print-directory FUZZ=1 CC=clang BUILD=build-fuzz $(if $(T),build-fuzz/tests/fuzz/fuzz_$(T),build-fuzz-all)
	@BUILD=build-fuzz tests/fuzz/run "$(or $(T),$(FUZZ_NAMES))" "$(S)" "$(RUNS)"
build-fuzz-all: $(FUZZERS)

GUEST_PACKAGES := gcc-powerpc-linux-gnu libc6-dev-powerpc-cross bc bison flex cpio xz-utils dpkg-dev
guests:
	@tests/deps $(GUEST_PACKAGES)
	@tests/guests/linux/build $(BUILD)/guests
guest-selftest:
	@tests/deps $(GUEST_PACKAGES)
	@tests/guests/linux/build build/guests selftest

# The kernels: GUESTS=dir, else ready-made ones beside the project, else built.
LINUX_GUESTS := $(or $(GUESTS),$(patsubst %/,%,$(dir $(wildcard ../shared/guests/rootfs.cpio.gz))),build/guests)
# That with Linux's own tests is built if it is not among them, unless T leaves those out.
SELFTEST := $(firstword $(wildcard $(LINUX_GUESTS)/vmlinux-selftest) build/guests/vmlinux-selftest)
test-linux: deps
	@for guest in rootfs.cpio.gz vmlinux-e500mc vmlinux-e500v2; do \
		[ -s $(LINUX_GUESTS)/$$guest ] || $(if $(GUESTS),{ echo "make: GUESTS=$(GUESTS): there is no $$guest" >&2; exit 1; }, \
			$(MAKE) --no-print-directory BUILD=build guests || exit 1); done
	@[ -s $(SELFTEST) ] || case test_selftests.lua in *"$(T)"*) $(MAKE) --no-print-directory guest-selftest ;; esac
	@$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) $(if $(SAN),SAN=1) GUESTS=$(LINUX_GUESTS) SELFTEST=$(SELFTEST) tests/linux/run $(if $(BRIEF)$(SAN),--brief) $(T)

bench: deps
	@$(MAKE) --no-print-directory bench-built
bench-built: all $(BENCH_GUESTS) $(BUILD)/benchmarks/run_breakpoints $(BUILD)/benchmarks/run_warp
	@BUILD=$(BUILD) benchmarks/run
	@$(BUILD)/benchmarks/run_breakpoints
	@$(BUILD)/warpcore benchmarks/breakpoints.lua
	@BUILD=$(BUILD) benchmarks/virtual-time
	@$(BUILD)/warpcore benchmarks/sweep.lua
	@BUILD=$(BUILD) GUESTS=$(LINUX_GUESTS) benchmarks/linux

# The program knows its options, classes and functions best.
docs: $(BUILD)/docs/warpcore.html
$(BUILD)/docs/warpcore.html: docs/manual.lua VERSION $(BUILD)/warpcore
	@mkdir -p $(@D)
	@echo "  DOCS $(@D)"
	$(Q)$(BUILD)/warpcore docs/manual.lua $(@D) $(DOCS_DATE)

install: all docs
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/warpcore $(DESTDIR)$(PREFIX)/share/doc/warpcore \
		$(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man3
	install -m 755 $(BUILD)/warpcore $(DESTDIR)$(PREFIX)/bin/warpcore
	install -m 644 $(BUILD)/docs/warpcore.html $(DESTDIR)$(PREFIX)/share/doc/warpcore
	install -m 644 $(BUILD)/docs/warpcore.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 $(BUILD)/docs/warpcore-lua.3 $(DESTDIR)$(PREFIX)/share/man/man3
	install -d $(DESTDIR)$(PREFIX)/share/warpcore/lua $(DESTDIR)$(PREFIX)/share/warpcore/include
	install -m 644 sim/guest/warpcore.h $(DESTDIR)$(PREFIX)/share/warpcore/include
	cp -r dts $(DESTDIR)$(PREFIX)/share/warpcore
	cp -r lua/examples $(DESTDIR)$(PREFIX)/share/warpcore/lua

uninstall:
	rm -rf $(DESTDIR)$(PREFIX)/bin/warpcore $(DESTDIR)$(PREFIX)/share/warpcore $(DESTDIR)$(PREFIX)/share/doc/warpcore \
		$(DESTDIR)$(PREFIX)/share/man/man1/warpcore.1 $(DESTDIR)$(PREFIX)/share/man/man3/warpcore-lua.3

clean:
	rm -rf build build-*

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

lint: deps
	@$(MAKE) --no-print-directory all
	@CC='$(CC)' CFLAGS='$(ALL_CFLAGS)' BUILD=$(BUILD) tests/lint/run

.PHONY: all always docs deps deps-build deps-test run test test-built test-isa test-model test-stress test-sweep guests guest-selftest test-linux test-trees fuzz build-fuzz-all bench bench-built install uninstall clean format lint
.SECONDARY:

-include $(BUILD)/sim/isa/gen/isagen.d $(LIB_OBJECTS:.o=.d) $(LUA_OBJECTS:.o=.d) $(wildcard $(BUILD)/tests/*/*.d $(BUILD)/benchmarks/*.d)
