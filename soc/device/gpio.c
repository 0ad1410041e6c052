/*
 * NAME
 *   mpc8xxx-gpio - 32 general-purpose pins
 *
 * BINDING
 *   compatible        "fsl,qoriq-gpio", "fsl,pq3-gpio", "fsl,mpc8572-gpio"
 *   reg               at least 0x18 bytes
 *   interrupts        one, active high
 *   #gpio-cells       2: pin (0 is the most significant bit), flags (1: active low)
 *   #interrupt-cells  2: pin, sense (not looked at): a line that drives the pin
 *
 * REGISTERS (32 bits, MPC8572ERM 22.2)
 *   0x00 DIR  1: output    0x04 ODR  1: open drain
 *   0x08 DAT  outputs as written, inputs as they are
 *   0x0c IER  events, write 1 to clear    0x10 IMR  1: the event interrupts
 *   0x14 ICR  1: an event is a falling edge; 0: any edge
 *
 * BEHAVIOUR
 *   What follows an output is inactive while the pin is an input. An open-drain
 *   pin that is not pulled low counts as high (a pull-up is on the board).
 */
#include "soc/device/gpio.h"

#include <stdlib.h>

#include "sim/base/allocate.h"
#include "soc/build/builder.h"

enum gpio_offset {
	GPIO_DIR = 0x00,
	GPIO_ODR = 0x04,
	GPIO_DAT = 0x08,
	GPIO_IER = 0x0c,
	GPIO_IMR = 0x10,
	GPIO_ICR = 0x14,
};

#define GPIO_PINS 32
#define GPIO_ACTIVE_LOW 1u

struct gpio_follower {
	struct irq sink;
	uint32_t mask; /* of its pin */
	bool active_low;
	bool active; /* what the sink was told */
};

struct gpio {
	struct device device;
	struct irq irq;
	uint32_t dir, odr, dat, ier, imr, icr;
	uint32_t input; /* levels of the pins from outside */
	struct gpio_follower *followers;
	unsigned nfollowers;
};

static uint32_t gpio_mask(unsigned pin)
{
	return UINT32_C(0x80000000) >> pin;
}

static void gpio_drive(struct gpio *gpio, int64_t now)
{
	for (unsigned i = 0; i < gpio->nfollowers; i++) {
		struct gpio_follower *follower = &gpio->followers[i];
		bool active = gpio->dir & follower->mask && !(gpio->dat & follower->mask) == follower->active_low;

		if (active == follower->active)
			continue;
		follower->active = active;
		irq_set(&follower->sink, active, now);
	}
}

static void gpio_update_irq(struct gpio *gpio, int64_t now)
{
	irq_set(&gpio->irq, (gpio->ier & gpio->imr) != 0, now);
}

/* The pin's level from outside. */
static void gpio_input(void *opaque, unsigned line, int level, int64_t when)
{
	struct gpio *gpio = opaque;
	uint32_t mask = gpio_mask(line), before = gpio->input;

	gpio->input = level ? before | mask : before & ~mask;
	if (gpio->input == before || gpio->dir & mask)
		return;
	if (level && gpio->icr & mask)
		return; /* a rising edge, and only falling ones count */
	gpio->ier |= mask;
	gpio_update_irq(gpio, when);
}

static uint64_t gpio_read(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size)
{
	struct gpio *gpio = opaque;

	if (size != 4)
		return device_bad_access(&gpio->device, "read that is not of 32 bits", offset, size);
	switch (offset) {
	case GPIO_DIR: return gpio->dir;
	case GPIO_ODR: return gpio->odr;
	case GPIO_DAT: return (gpio->dat & gpio->dir) | (gpio->input & ~gpio->dir);
	case GPIO_IER: return gpio->ier;
	case GPIO_IMR: return gpio->imr;
	case GPIO_ICR: return gpio->icr;
	default: return device_bad_access(&gpio->device, "no register to read", offset, size);
	}
}

static void gpio_write_register(struct gpio *gpio, uint64_t offset, uint32_t value)
{
	switch (offset) {
	case GPIO_DIR: gpio->dir = value; break;
	case GPIO_ODR: gpio->odr = value; break;
	case GPIO_DAT: gpio->dat = value; break;
	case GPIO_IER: gpio->ier &= ~value; break;
	case GPIO_IMR: gpio->imr = value; break;
	case GPIO_ICR: gpio->icr = value; break;
	default: device_bad_access(&gpio->device, "no register to write", offset, 4); break;
	}
}

static void gpio_write(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size, uint64_t value)
{
	struct gpio *gpio = opaque;

	if (size != 4) {
		device_bad_access(&gpio->device, "write that is not of 32 bits", offset, size);
		return;
	}
	gpio_write_register(gpio, offset, (uint32_t)value);
	gpio_drive(gpio, access->now);
	gpio_update_irq(gpio, access->now);
}

static bool gpio_output(struct device *device, const uint32_t *cells, unsigned ncells, struct irq sink, struct err *err)
{
	struct gpio *gpio = (struct gpio *)device;

	if (ncells != 2 || cells[0] >= GPIO_PINS)
		return err_set(err, "gpios: pin %u with %u cells; there are %d pins, with 2", (unsigned)cells[0],
			       ncells, GPIO_PINS);
	gpio->followers = allocate_again(gpio->followers, (gpio->nfollowers + 1) * sizeof *gpio->followers);
	gpio->followers[gpio->nfollowers++] =
		(struct gpio_follower){ sink, gpio_mask(cells[0]), cells[1] & GPIO_ACTIVE_LOW, false };
	return true;
}

static bool gpio_interrupt_input(struct device *device, const uint32_t *cells, unsigned ncells,
				 struct irq *input, struct err *err)
{
	if (ncells < 1 || cells[0] >= GPIO_PINS)
		return err_set(err, "pin %u, there are %d", (unsigned)cells[0], GPIO_PINS);
	*input = (struct irq){ gpio_input, device, cells[0] };
	return true;
}

static bool gpio_create(struct device *device, struct builder *builder, struct err *err)
{
	static const struct bus_ops ops = { gpio_read, gpio_write };
	struct gpio *gpio = (struct gpio *)device;

	if (builder_irqs(builder) && !builder_irq(builder, 0, &gpio->irq, err))
		return false;
	return builder_map(builder, 0, &ops, gpio, err);
}

static void gpio_reset(struct device *device)
{
	struct gpio *gpio = (struct gpio *)device;

	gpio->dir = gpio->odr = gpio->dat = gpio->ier = gpio->imr = gpio->icr = 0;
	gpio_drive(gpio, 0);
	gpio_update_irq(gpio, 0);
}

static void gpio_visit_state(struct device *device, struct state_visitor *visitor)
{
	struct gpio *gpio = (struct gpio *)device;

	state_u32(visitor, "dir", &gpio->dir);
	state_u32(visitor, "odr", &gpio->odr);
	state_u32(visitor, "dat", &gpio->dat);
	state_u32(visitor, "ier", &gpio->ier);
	state_u32(visitor, "imr", &gpio->imr);
	state_u32(visitor, "icr", &gpio->icr);
	state_u32(visitor, "input", &gpio->input);
	for (unsigned i = 0; i < gpio->nfollowers; i++)
		state_bool(visitor, "active", &gpio->followers[i].active);
}

static void gpio_destroy(struct device *device)
{
	free(((struct gpio *)device)->followers);
}

static const char *const gpio_compatible[] = { "fsl,qoriq-gpio", "fsl,pq3-gpio", "fsl,mpc8572-gpio", NULL };

const struct device_class gpio_class = {
	.compatible = gpio_compatible,
	.summary = "GPIO controller",
	.size = sizeof(struct gpio),
	.has_registers = true,
	.create = gpio_create,
	.reset = gpio_reset,
	.visit_state = gpio_visit_state,
	.destroy = gpio_destroy,
	.interrupt_input = gpio_interrupt_input,
	.gpio_output = gpio_output,
};
