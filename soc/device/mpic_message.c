/* The MPIC's message-signalled interrupts and message registers; the manual page is in mpic.c. */
#include <string.h>

#include "soc/device/mpic.h"

enum mpic_msi_offset { MSIR0 = 0x000, MSIR_END = 0x080, MSISR = 0x120, MSIIR = 0x140 };
enum mpic_message_offset { MSGR0 = 0x000, MSGR_END = 0x040, MER = 0x100, MSR = 0x110 };

/* Reading MSIRn clears it and lowers its source. */
static uint32_t mpic_message_take(struct mpic *mpic, unsigned bank, unsigned n, int64_t now)
{
	uint32_t value = mpic->msir[bank][n];

	mpic->msir[bank][n] = 0;
	mpic_set_level(mpic, MPIC_MSI + 8 * bank + n, false, now);
	return value;
}

uint32_t mpic_message_read_msi(struct mpic *mpic, unsigned bank, uint32_t offset, int64_t now)
{
	uint32_t status = 0;

	if (offset < MSIR_END)
		return mpic_message_take(mpic, bank, offset >> 4, now);
	if (offset != MSISR)
		return 0;
	for (unsigned n = 0; n < 8; n++)
		status |= (uint32_t)(mpic->msir[bank][n] != 0) << n;
	return status;
}

void mpic_message_write_msi(struct mpic *mpic, unsigned bank, uint32_t offset, uint32_t value, int64_t now)
{
	unsigned n = value >> 29; /* SRS: which register; IBS: which of its bits */

	if (offset != MSIIR)
		return;
	mpic->msir[bank][n] |= UINT32_C(1) << (value >> 24 & 31);
	mpic_set_level(mpic, MPIC_MSI + 8 * bank + n, true, now);
}

static void mpic_message_update(struct mpic *mpic, unsigned group, unsigned n, int64_t now)
{
	const struct mpic_messages *messages = &mpic->messages[group];

	mpic_set_level(mpic, MPIC_MESSAGE + 4 * group + n, messages->status & messages->enable & 1u << n, now);
}

uint32_t mpic_message_read(struct mpic *mpic, unsigned group, uint32_t offset, int64_t now)
{
	struct mpic_messages *messages = &mpic->messages[group];

	if (offset < MSGR_END) {
		messages->status &= ~(1u << (offset >> 4));
		mpic_message_update(mpic, group, offset >> 4, now);
		return messages->message[offset >> 4];
	}
	return offset == MER ? messages->enable : offset == MSR ? messages->status : 0;
}

void mpic_message_write(struct mpic *mpic, unsigned group, uint32_t offset, uint32_t value, int64_t now)
{
	struct mpic_messages *messages = &mpic->messages[group];

	if (offset < MSGR_END) {
		messages->message[offset >> 4] = value;
		if (messages->enable & 1u << (offset >> 4))
			messages->status |= 1u << (offset >> 4);
	} else if (offset == MER) {
		messages->enable = value & 15;
	} else if (offset == MSR) {
		messages->status &= ~value;
	}
	for (unsigned n = 0; n < 4; n++)
		mpic_message_update(mpic, group, n, now);
}

void mpic_message_visit_state(struct mpic *mpic, struct state_visitor *visitor)
{
	for (unsigned bank = 0; bank < MPIC_MSI_BANKS; bank++)
		for (unsigned n = 0; n < 8; n++)
			state_u32(visitor, "msir", &mpic->msir[bank][n]);
	for (unsigned group = 0; group < MPIC_TIMER_GROUPS; group++) {
		for (unsigned n = 0; n < 4; n++)
			state_u32(visitor, "msgr", &mpic->messages[group].message[n]);
		state_u32(visitor, "mer", &mpic->messages[group].enable);
		state_u32(visitor, "msr", &mpic->messages[group].status);
	}
}
