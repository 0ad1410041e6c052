#include "sim/core/fault.h"

#include <inttypes.h>
#include <stdio.h>

#include "sim/core/core.h"
#include "sim/core/interrupt.h"

/* What a core that runs nothing but its own faulting vectors goes through before it counts as stuck. */
#define HOPELESS_FAULT_STREAK 64

static void fault_count(struct core *core, int64_t insns)
{
	if (core->fault_insns != insns)
		core->fault_streak = 0;
	core->fault_insns = insns;
	if (++core->fault_streak > HOPELESS_FAULT_STREAK)
		core_set_state(core, CORE_LOOPING);
}

void fault_note(struct core *core, unsigned ivor, uint64_t pc, uint32_t msr, int64_t insns)
{
	fault_count(core, insns);
	if (msr & MSR_PR || ((ivor == IVOR_DTLB || ivor == IVOR_ITLB) && core->fault_streak == 1))
		return;
	core->fault = (struct fault){
		.any = true, .ivor = (uint8_t)ivor, .pc = pc, .msr = msr,
		.esr = core->esr, .dear = core->dear, .mcsr = core->mcsr, .insns = insns,
	};
}

bool fault_is_hopeless(const struct core *core)
{
	return core->fault_streak > HOPELESS_FAULT_STREAK && core->fault_insns == core->insns;
}

void fault_clear(struct core *core)
{
	core->fault.any = false;
}

static const char *fault_name(unsigned ivor)
{
	switch (ivor) {
	case IVOR_MACHINE_CHECK: return "machine check";
	case IVOR_DSI: return "data storage";
	case IVOR_ISI: return "instruction storage";
	case IVOR_ALIGNMENT: return "alignment";
	case IVOR_PROGRAM: return "program";
	case IVOR_FP_UNAVAILABLE: return "floating-point unavailable";
	case IVOR_AP_UNAVAILABLE: return "auxiliary processor unavailable";
	case IVOR_DTLB: return "data TLB error";
	case IVOR_ITLB: return "instruction TLB error";
	case IVOR_SPE_UNAVAILABLE: return "SPE unavailable";
	case IVOR_EFP_DATA: return "embedded floating-point data";
	case IVOR_HYPERVISOR_PRIVILEGE: return "hypervisor privilege";
	default: return "another";
	}
}

static const char *fault_program_cause(uint32_t esr)
{
	return esr & ESR_PIL ? "illegal instruction" : esr & ESR_PPR ? "privileged instruction" :
	       esr & ESR_PTR ? "trap" : "floating point";
}

char *fault_describe(const struct fault *fault, char *text, size_t size)
{
	const char *name = fault_name(fault->ivor);

	switch (fault->ivor) {
	case IVOR_PROGRAM:
		snprintf(text, size, "%s interrupt (%s)", name, fault_program_cause(fault->esr));
		break;
	case IVOR_DSI: case IVOR_DTLB: case IVOR_ALIGNMENT:
		snprintf(text, size, "%s interrupt (%s 0x%08" PRIx64 ")", name,
			 fault->esr & ESR_ST ? "store to" : "load from", fault->dear);
		break;
	case IVOR_MACHINE_CHECK:
		snprintf(text, size, "%s interrupt (MCSR 0x%08x)", name, fault->mcsr);
		break;
	default:
		snprintf(text, size, "%s interrupt", name);
	}
	return text;
}
