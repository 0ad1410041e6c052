/*
 * NAME
 *   fsl-i2c - the I2C controller of MPC8xxx, PQ3 and QorIQ
 *
 * BINDING
 *   compatible  "fsl-i2c"
 *   reg         0x14 bytes or more; children with reg = <address> and a model sit on the bus
 *   interrupts  one, active high
 *
 * REGISTERS (one byte each, MPC8544ERM chapter 12)
 *   0x00 I2CADR   own slave address, kept      0x04 I2CFDR  clock divider, kept
 *   0x08 I2CCR    MEN MIEN MSTA MTX TXAK RSTA - BCST
 *   0x0c I2CSR    MCF MAAS MBB MAL BCSTM SRW MIF RXAK; MIF and MAL are cleared by writing 0
 *   0x10 I2CDR    0x14 I2CDFSRR  kept
 *
 * BEHAVIOUR
 *   Setting MSTA is a START, clearing it a STOP, RSTA a repeated START. The first
 *   byte written after that is the address; nobody there: RXAK. In master receive
 *   mode reading I2CDR gives the byte that came last and fetches the next one.
 *   Each byte is through at once: MCF stays set, MIF comes with it.
 *
 * KNOWN LIMITS
 *   No slave mode, no arbitration, no time on the wire.
 */
#include "soc/device/i2c.h"

#include "soc/build/builder.h"

enum i2c_offset { I2C_ADR = 0x00, I2C_FDR = 0x04, I2C_CR = 0x08, I2C_SR = 0x0c, I2C_DR = 0x10, I2C_DFSRR = 0x14 };
enum i2c_cr {
	CR_MEN = 0x80,
	CR_MIEN = 0x40,
	CR_MSTA = 0x20,
	CR_MTX = 0x10,
	CR_TXAK = 0x08,
	CR_RSTA = 0x04,
	CR_BCST = 0x01,
};
enum i2c_sr { SR_MCF = 0x80, SR_MBB = 0x20, SR_MAL = 0x10, SR_MIF = 0x02, SR_RXAK = 0x01 };

struct i2c {
	struct device device;
	struct irq irq;
	struct i2c_slave *slaves;
	uint8_t adr, fdr, cr, sr, dr, dfsrr;
	bool address_next;         /* the next byte written is an address */
	bool reading;              /* the slave was addressed to send */
	struct i2c_slave *current; /* NULL: nobody answered */
};

bool i2c_attach(struct device *bus, struct i2c_slave *slave, struct err *err)
{
	struct i2c *i2c = (struct i2c *)bus;

	if (!bus || bus->class != &i2c_class)
		return err_set(err, "its parent is no I2C controller with a model");
	for (struct i2c_slave *other = i2c->slaves; other; other = other->next)
		if (other->address == slave->address)
			return err_set(err, "reg: I2C address 0x%02x is taken", slave->address);
	slave->next = i2c->slaves;
	i2c->slaves = slave;
	return true;
}

static void i2c_update_irq(struct i2c *i2c, int64_t now)
{
	irq_set(&i2c->irq, i2c->sr & SR_MIF && i2c->cr & CR_MIEN, now);
}

static void i2c_byte_done(struct i2c *i2c, int64_t now)
{
	i2c->sr |= SR_MCF | SR_MIF;
	i2c_update_irq(i2c, now);
}

static void i2c_stop(struct i2c *i2c, int64_t now)
{
	if (i2c->current && i2c->current->stop)
		i2c->current->stop(i2c->current->opaque, now);
	i2c->current = NULL;
	i2c->address_next = i2c->reading = false;
	i2c->sr &= (uint8_t)~SR_MBB;
}

static void i2c_address(struct i2c *i2c, uint8_t byte, int64_t now)
{
	struct i2c_slave *slave = i2c->slaves;

	while (slave && slave->address != byte >> 1)
		slave = slave->next;
	i2c->current = slave;
	i2c->address_next = false;
	i2c->reading = byte & 1;
	if (slave)
		slave->start(slave->opaque, i2c->reading, now);
}

static void i2c_send(struct i2c *i2c, uint8_t byte, int64_t now)
{
	i2c->dr = byte;
	if (!(i2c->cr & CR_MEN) || !(i2c->cr & CR_MSTA) || !(i2c->cr & CR_MTX))
		return;
	if (i2c->address_next)
		i2c_address(i2c, byte, now);
	else if (i2c->current && !i2c->reading)
		i2c->current->write(i2c->current->opaque, byte, now);
	i2c->sr = (uint8_t)((i2c->sr & ~SR_RXAK) | (i2c->current ? 0 : SR_RXAK));
	i2c_byte_done(i2c, now);
}

static uint8_t i2c_receive(struct i2c *i2c, int64_t now)
{
	uint8_t byte = i2c->dr;

	if (!(i2c->cr & CR_MEN) || !(i2c->cr & CR_MSTA) || i2c->cr & CR_MTX || i2c->address_next)
		return byte;
	/* Nobody drives the line: ones. */
	i2c->dr = i2c->current && i2c->reading ? i2c->current->read(i2c->current->opaque, now) : 0xff;
	i2c_byte_done(i2c, now);
	return byte;
}

static void i2c_set_cr(struct i2c *i2c, uint8_t value, int64_t now)
{
	bool was_master = i2c->cr & CR_MSTA && i2c->cr & CR_MEN;
	bool is_master = value & CR_MSTA && value & CR_MEN;

	i2c->cr = value & (uint8_t)~CR_RSTA;
	if (was_master && !is_master)
		i2c_stop(i2c, now);
	if (is_master && (!was_master || value & CR_RSTA)) {
		i2c->address_next = true;
		i2c->sr |= SR_MBB;
	}
	i2c_update_irq(i2c, now);
}

static void i2c_set_sr(struct i2c *i2c, uint8_t value, int64_t now)
{
	i2c->sr &= (uint8_t)(value | (uint8_t)~(SR_MIF | SR_MAL));
	i2c_update_irq(i2c, now);
}

static uint64_t i2c_read(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size)
{
	struct i2c *i2c = opaque;

	if (size != 1)
		return device_bad_access(&i2c->device, "read that is not of one byte", offset, size);
	switch (offset) {
	case I2C_ADR: return i2c->adr;
	case I2C_FDR: return i2c->fdr;
	case I2C_CR: return i2c->cr;
	case I2C_SR: return i2c->sr;
	case I2C_DR: return i2c_receive(i2c, access->now);
	case I2C_DFSRR: return i2c->dfsrr;
	default: return device_bad_access(&i2c->device, "no register to read", offset, size);
	}
}

static void i2c_write(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size, uint64_t value)
{
	struct i2c *i2c = opaque;
	uint8_t byte = (uint8_t)value;

	if (size != 1) {
		device_bad_access(&i2c->device, "write that is not of one byte", offset, size);
		return;
	}
	switch (offset) {
	case I2C_ADR: i2c->adr = byte & 0xfe; break;
	case I2C_FDR: i2c->fdr = byte & 0x3f; break;
	case I2C_CR: i2c_set_cr(i2c, byte, access->now); break;
	case I2C_SR: i2c_set_sr(i2c, byte, access->now); break;
	case I2C_DR: i2c_send(i2c, byte, access->now); break;
	case I2C_DFSRR: i2c->dfsrr = byte & 0x3f; break;
	default: device_bad_access(&i2c->device, "no register to write", offset, size); break;
	}
}

static bool i2c_create(struct device *device, struct builder *builder, struct err *err)
{
	static const struct bus_ops ops = { i2c_read, i2c_write };
	struct i2c *i2c = (struct i2c *)device;

	if (builder_irqs(builder) && !builder_irq(builder, 0, &i2c->irq, err))
		return false;
	return builder_map(builder, 0, &ops, i2c, err);
}

static void i2c_reset(struct device *device)
{
	struct i2c *i2c = (struct i2c *)device;

	i2c->adr = i2c->fdr = i2c->cr = i2c->dr = 0;
	i2c->sr = SR_MCF | SR_RXAK;
	i2c->dfsrr = 0x10;
	i2c->address_next = i2c->reading = false;
	i2c->current = NULL;
	i2c_update_irq(i2c, 0);
}

static void i2c_visit_state(struct device *device, struct state_visitor *visitor)
{
	struct i2c *i2c = (struct i2c *)device;
	uint8_t current = i2c->current ? i2c->current->address : 0xff;

	state_u8(visitor, "adr", &i2c->adr);
	state_u8(visitor, "fdr", &i2c->fdr);
	state_u8(visitor, "cr", &i2c->cr);
	state_u8(visitor, "sr", &i2c->sr);
	state_u8(visitor, "dr", &i2c->dr);
	state_u8(visitor, "dfsrr", &i2c->dfsrr);
	state_bool(visitor, "address_next", &i2c->address_next);
	state_bool(visitor, "reading", &i2c->reading);
	state_u8(visitor, "current", &current);
	i2c->current = i2c->slaves;
	while (i2c->current && i2c->current->address != current)
		i2c->current = i2c->current->next;
}

static const char *const i2c_compatible[] = { "fsl-i2c", NULL };

const struct device_class i2c_class = {
	.compatible = i2c_compatible,
	.summary = "I2C controller",
	.size = sizeof(struct i2c),
	.has_registers = true,
	.create = i2c_create,
	.reset = i2c_reset,
	.visit_state = i2c_visit_state,
};
