/*
 * NAME
 *   gpio-poweroff - a GPIO that switches the board's power off
 *
 * BINDING
 *   compatible  "gpio-poweroff"
 *   gpios       one output; the run ends with "poweroff" when it becomes active
 */
#include "soc/device/gpio_poweroff.h"

#include "soc/build/builder.h"

static void gpio_poweroff_set(void *opaque, unsigned line, int level, int64_t when)
{
	if (level)
		device_end_run(opaque, DEVICE_POWEROFF, BUS_NO_CORE);
}

static bool gpio_poweroff_create(struct device *device, struct builder *builder, struct err *err)
{
	return builder_gpio(builder, "gpios", 0, (struct irq){ gpio_poweroff_set, device, 0 }, err);
}

static const char *const gpio_poweroff_compatible[] = { "gpio-poweroff", NULL };

const struct device_class gpio_poweroff_class = {
	.compatible = gpio_poweroff_compatible,
	.summary = "power-off by GPIO",
	.size = sizeof(struct device),
	.create = gpio_poweroff_create,
};
