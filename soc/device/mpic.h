/*
 * The MPIC's parts (mpic.c has the manual page): what its files share. Others
 * know it by its classes only. mpic.c, mpic_timer.c and mpic_message.c are one
 * unit: one register block whose timers and messages raise its sources, and
 * whose sources' registers lie among those of the timers and messages.
 */
#ifndef WARPCORE_DEVICE_MPIC_H
#define WARPCORE_DEVICE_MPIC_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/bus/irq.h"
#include "sim/time/rate.h"
#include "soc/build/builder.h"
#include "soc/port/device.h"

#define MPIC_MAX_CPUS 32
#define MPIC_PRIORITIES 16
#define MPIC_MSI_BANKS 3
#define MPIC_TIMER_GROUPS 2

/* Numbers of sources: as the bindings count them, then what has registers of its own. */
enum mpic_number {
	MPIC_EXTERNALS = 12,      /* 0..11: pins, edge or level */
	MPIC_INTERNAL = 16,       /* 16..255: level */
	MPIC_MESSAGE = 176,       /* 176..179 and 180..183: message registers A and B */
	MPIC_MSI = 224,           /* 224..247: three banks of eight */
	MPIC_INPUTS = 256,
	MPIC_IPI = 256,           /* 256..259 */
	MPIC_TIMER = 260,         /* 260..263 and 264..267: timer groups A and B */
	MPIC_SOURCES = 268,
};

#define MPIC_WORDS ((MPIC_SOURCES + 63) / 64)

struct mpic_source {
	uint32_t ivpr, idr, ilr;
	bool wire;        /* the input's level */
	uint32_t waiting; /* edge: CPUs that have not acknowledged it */
};

struct mpic_cpu {
	uint32_t ctpr;
	unsigned depth; /* of the stack of interrupts in service, each of a higher priority than the one below */
	struct {
		uint16_t source;
		uint8_t priority;
	} stack[MPIC_PRIORITIES];
	struct irq out[3]; /* by enum mpic_output */
	bool level[3];     /* what they are */
	struct irq reset;
};

enum mpic_output { MPIC_INT, MPIC_CINT, MPIC_MCP };

struct mpic;

struct mpic_timer {
	struct mpic *mpic;
	unsigned source;
	uint32_t base;      /* GTBCR */
	uint32_t period;    /* ticks of the running period; 0: it is stopped */
	uint32_t count;     /* GTCCR[COUNT] while it is stopped */
	bool toggle;
	int64_t origin;     /* virtual ns at which it was started */
	int64_t loaded;     /* ticks from there to the start of the running period */
	struct timer timer;
};

struct mpic_timer_group {
	uint32_t tfrr, tcr;
	struct rate rate; /* of one tick */
	struct mpic_timer timer[4];
};

struct mpic_messages {
	uint32_t message[4], enable, status;
};

struct mpic {
	struct device device;
	struct builder_irq_taken taken;
	unsigned ncpus;
	bool v4;          /* FSL 4.2; else 2.0 */
	uint32_t last_source;
	uint64_t timer_clock; /* Hz, before TCR[CLKR] */
	bool timer_divides;   /* TCR[CLKR] counts */

	uint32_t gcr, spve, pir, eisr, eimr;
	struct mpic_source source[MPIC_SOURCES];
	uint64_t raised[MPIC_WORDS]; /* sources that are asserted, masked or not */
	struct mpic_cpu cpu[MPIC_MAX_CPUS];
	struct mpic_timer_group group[MPIC_TIMER_GROUPS];
	uint32_t msir[MPIC_MSI_BANKS][8];
	struct mpic_messages messages[MPIC_TIMER_GROUPS];
};

/* mpic.c: IVPR and IDR of any source, masked to what is writable. */
void mpic_set_ivpr(struct mpic *mpic, unsigned source, uint32_t value, int64_t now);
void mpic_set_idr(struct mpic *mpic, unsigned source, uint32_t value, int64_t now);
/* The level of a level-sensitive source; one edge of an edge-triggered one, to these CPUs. */
void mpic_set_level(struct mpic *mpic, unsigned source, bool level, int64_t now);
void mpic_pulse(struct mpic *mpic, unsigned source, uint32_t cpus, int64_t now);

/* mpic_timer.c: offset is from the group's base (0x1000 or 0x2000), 0x0f0..0x30f. */
bool mpic_timer_create(struct mpic *mpic, struct err *err);
void mpic_timer_reset(struct mpic *mpic);
uint32_t mpic_timer_read(struct mpic *mpic, unsigned group, uint32_t offset, int64_t now);
void mpic_timer_write(struct mpic *mpic, unsigned group, uint32_t offset, uint32_t value, int64_t now);
void mpic_timer_visit_state(struct mpic *mpic, struct state_visitor *visitor);

/* mpic_message.c: message-signalled interrupts (offset 0..0x1ff in a bank), message registers (0..0x1ff in a group). */
uint32_t mpic_message_read_msi(struct mpic *mpic, unsigned bank, uint32_t offset, int64_t now);
void mpic_message_write_msi(struct mpic *mpic, unsigned bank, uint32_t offset, uint32_t value, int64_t now);
uint32_t mpic_message_read(struct mpic *mpic, unsigned group, uint32_t offset, int64_t now);
void mpic_message_write(struct mpic *mpic, unsigned group, uint32_t offset, uint32_t value, int64_t now);
void mpic_message_visit_state(struct mpic *mpic, struct state_visitor *visitor);

extern const struct device_class mpic_class;
/* Nodes whose registers lie in the MPIC's block and are modelled with it. */
extern const struct device_class mpic_msi_class, mpic_timer_class, mpic_message_class;

#endif
