/*
 * NAME
 *   guts - global utilities (PQ3), device configuration (QorIQ): identity and reset
 *
 * BINDING
 *   compatible     "fsl,mpc8544-guts" and its like, "fsl,qoriq-device-config-1.0"
 *   reg            0x1000 (0xe00) bytes
 *   fsl,has-rstcr  RSTCR is there
 *
 * REGISTERS (32 bits, MPC8544ERM 18.4)
 *   0x070 DEVDISR  device disable (PQ3 only), kept; TB0 (bit 17) and TB1 (bit 19) stop the
 *                  time bases of cores 0 and 1: SMP kernels set them alike that way
 *   0x0a0 PVR    read only: of the cores
 *   0x0a4 SVR    read only: of the SoC
 *   0x0b0 RSTCR  writing bit 30 (HRESET_REQ, 0x2) resets the board: the run ends with "reset"
 *
 * KNOWN LIMITS
 *   All else reads 0 and drops writes (power-on configuration, pin control, clocks).
 */
#include "soc/device/guts.h"

#include "soc/build/builder.h"

enum guts_offset { GUTS_DEVDISR = 0x70, GUTS_PVR = 0xa0, GUTS_SVR = 0xa4, GUTS_RSTCR = 0xb0 };

#define RSTCR_HRESET_REQ 0x2u
#define DEVDISR_TB0 0x4000u
#define DEVDISR_TB1 0x1000u

struct guts {
	struct device device;
	uint32_t pvr, svr;
	bool has_rstcr, has_devdisr;
	uint32_t devdisr;
	struct irq timebase_stop[2]; /* of cores 0 and 1 */
};

static void guts_set_devdisr(struct guts *guts, uint32_t value, int64_t now)
{
	uint32_t changed = guts->devdisr ^ value;

	guts->devdisr = value;
	if (changed & DEVDISR_TB0)
		irq_set(&guts->timebase_stop[0], (value & DEVDISR_TB0) != 0, now);
	if (changed & DEVDISR_TB1)
		irq_set(&guts->timebase_stop[1], (value & DEVDISR_TB1) != 0, now);
}

static uint64_t guts_read(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size)
{
	struct guts *guts = opaque;

	if (size != 4)
		return device_bad_access(&guts->device, "read that is not of 32 bits", offset, size);
	if (offset == GUTS_DEVDISR && guts->has_devdisr)
		return guts->devdisr;
	switch (offset) {
	case GUTS_PVR: return guts->pvr;
	case GUTS_SVR: return guts->svr;
	case GUTS_RSTCR: return 0;
	default: return device_unimplemented(&guts->device, "read", offset, size);
	}
}

static void guts_write(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size, uint64_t value)
{
	struct guts *guts = opaque;

	if (size != 4)
		device_bad_access(&guts->device, "write that is not of 32 bits", offset, size);
	else if (offset == GUTS_DEVDISR && guts->has_devdisr)
		guts_set_devdisr(guts, (uint32_t)value, access->now);
	else if (offset != GUTS_RSTCR || !guts->has_rstcr)
		device_unimplemented(&guts->device, "write", offset, size);
	else if (value & RSTCR_HRESET_REQ)
		device_end_run(&guts->device, DEVICE_RESET, access->core);
}

static bool guts_create(struct device *device, struct builder *builder, struct err *err)
{
	static const struct bus_ops ops = { guts_read, guts_write };
	struct guts *guts = (struct guts *)device;

	guts->pvr = builder_pvr(builder);
	guts->svr = builder_svr(builder);
	guts->has_rstcr = tree_property(device->node, "fsl,has-rstcr") != NULL;
	guts->has_devdisr = !tree_is_compatible(device->node, "fsl,qoriq-device-config-1.0");
	for (unsigned n = 0; n < 2 && n < builder_cores(builder); n++)
		guts->timebase_stop[n] = builder_core_input(builder, n, BUILDER_TIMEBASE_STOP);
	return builder_map(builder, 0, &ops, guts, err);
}

static void guts_reset(struct device *device)
{
	guts_set_devdisr((struct guts *)device, 0, 0);
}

static void guts_visit_state(struct device *device, struct state_visitor *visitor)
{
	state_u32(visitor, "devdisr", &((struct guts *)device)->devdisr);
}

static const char *const guts_compatible[] = {
	"fsl,mpc8536-guts", "fsl,mpc8544-guts", "fsl,mpc8548-guts", "fsl,mpc8568-guts", "fsl,mpc8569-guts",
	"fsl,mpc8572-guts", "fsl,p1010-guts", "fsl,p1020-guts", "fsl,p1021-guts", "fsl,p1022-guts", "fsl,p1023-guts",
	"fsl,p2020-guts", "fsl,qoriq-device-config-1.0", NULL
};

const struct device_class guts_class = {
	.compatible = guts_compatible,
	.summary = "global utilities: PVR, SVR, reset",
	.size = sizeof(struct guts),
	.has_registers = true,
	.create = guts_create,
	.reset = guts_reset,
	.visit_state = guts_visit_state,
};
