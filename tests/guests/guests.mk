# Programs for the simulated machine, built with the cross compiler. Included by the Makefile.

CROSS        := powerpc-linux-gnu-
GUEST_CFLAGS := -mcpu=powerpc -mbig-endian -msoft-float -mno-altivec -O2 -g -std=gnu11 -Wall -Wextra -Werror \
	-ffreestanding -fno-pic -fno-pie -fno-stack-protector -fno-asynchronous-unwind-tables -G0 -Wa,-many -Wa,-me500 \
	-nostdlib -static -Wl,--build-id=none,--no-warn-rwx-segments,-z,noexecstack

# tests/guests/NAME.c with the runtime.
GUEST_RUNTIME := $(wildcard tests/guests/runtime/*) sim/guest/warpcore.h
GUEST_SOURCES := $(wildcard tests/guests/*.c)
GUEST_PROGRAMS := $(GUEST_SOURCES:%.c=$(BUILD)/%.elf) \
	$(BUILD)/tests/diff/guest-e500v2.elf $(BUILD)/tests/diff/guest-e500mc.elf

$(BUILD)/tests/guests/%.elf: tests/guests/%.c $(GUEST_RUNTIME)
	@mkdir -p $(@D)
	@echo "  GUEST $<"
	$(Q)$(CROSS)gcc $(GUEST_CFLAGS) -I. -Wl,-T,tests/guests/runtime/guest.ld -o $@ $< \
		$(filter %.S %.c,$(GUEST_RUNTIME)) -lgcc

BENCH_GUESTS := $(patsubst %.c,$(BUILD)/%.elf,$(wildcard benchmarks/guests/*.c))
$(BUILD)/benchmarks/guests/%.elf: benchmarks/guests/%.c $(GUEST_RUNTIME)
	@mkdir -p $(@D)
	@echo "  GUEST $<"
	$(Q)$(CROSS)gcc $(GUEST_CFLAGS) -I. -Wl,-T,tests/guests/runtime/guest.ld -o $@ $< \
		$(filter %.S %.c,$(filter tests/%,$(GUEST_RUNTIME))) -lgcc

$(BUILD)/tests/diff/guest-%.elf: tests/diff/guest.S tests/diff/layout.h tests/diff/guest.ld
	@mkdir -p $(@D)
	@echo "  GUEST $@"
	$(Q)$(CROSS)gcc -nostdlib -static -Wa,-m$(subst e500v2,e500,$*) -DE500$(if $(filter %mc,$*),MC,V2) \
		-Wl,-T,tests/diff/guest.ld,--build-id=none,--no-warn-rwx-segments,-z,noexecstack -o $@ $<
