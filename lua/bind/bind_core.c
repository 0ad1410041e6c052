#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lua/kit/arg.h"
#include "lua/bind/bind.h"

static struct core *bind_core_self(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_core_class);

	return object->owner->machine->cores[object->index];
}

/* ---- The list ---- */

static int bind_cores_length(lua_State *L)
{
	lua_pushinteger(L, bind_self(L, &bind_cores_class)->owner->machine->ncores);
	return 1;
}

static int bind_cores_item(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_cores_class);
	unsigned n = object->owner->machine->ncores;
	lua_Integer index = arg_integer(L, 2, "m.cores[n]", INT64_MIN, INT64_MAX);

	if (index < 0 || index >= n)
		class_error(L, "there is no core %lld; the machine has %u, numbered from 0", index, n);
	bind_push(L, &bind_core_class, (int)index);
	return 1;
}

static const struct class_member bind_cores_members[] = { { .name = NULL } };

const struct class bind_cores_class = {
	.name = "cores",
	.summary = "The cores of a machine, from 0: m.cores[0], #m.cores, ipairs(m.cores).",
	.members = bind_cores_members,
	.item = bind_cores_item,
	.length = bind_cores_length,
	.now = bind_now,
};

/* ---- One core ---- */

static int bind_core_get_index(lua_State *L)
{
	lua_pushinteger(L, bind_core_self(L)->index);
	return 1;
}

static int bind_core_get_insns(lua_State *L)
{
	lua_pushinteger(L, bind_core_self(L)->insns);
	return 1;
}

static int bind_core_get_cycles(lua_State *L)
{
	const struct core *core = bind_core_self(L);

	lua_pushinteger(L, core_ticks(core, NULL) - core->time.idle_cycles);
	return 1;
}

static int bind_core_get_time(lua_State *L)
{
	lua_pushinteger(L, core_now(bind_core_self(L), NULL));
	return 1;
}

static int bind_core_get_idle_ns(lua_State *L)
{
	const struct core *core = bind_core_self(L);

	lua_pushinteger(L, core_ns_of_ticks(core, core->time.idle_cycles));
	return 1;
}

static int bind_core_get_state(lua_State *L)
{
	lua_pushstring(L, core_state_name(bind_core_self(L)->state));
	return 1;
}

static const char *const bind_core_fault_fields[] = { "text", "pc", "msr", "esr", "dear", "insns", NULL };
static const struct bind_record bind_core_fault = BIND_RECORD("fault", bind_core_fault_fields);

static int bind_core_get_fault(lua_State *L)
{
	const struct fault *fault = &bind_core_self(L)->fault;
	char text[96];

	if (!fault->any)
		return 0;
	bind_push_record(L, &bind_core_fault);
	lua_pushstring(L, fault_describe(fault, text, sizeof text));
	lua_setfield(L, -2, "text");
	lua_pushinteger(L, fault->pc);
	lua_setfield(L, -2, "pc");
	lua_pushinteger(L, fault->msr);
	lua_setfield(L, -2, "msr");
	lua_pushinteger(L, fault->esr);
	lua_setfield(L, -2, "esr");
	lua_pushinteger(L, fault->dear);
	lua_setfield(L, -2, "dear");
	lua_pushinteger(L, fault->insns);
	lua_setfield(L, -2, "insns");
	return 1;
}

/* "running": as core:release(core.pc); "parked": out of the way until it is released. */
static int bind_core_set_state(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_core_class);
	struct core *core = bind_core_self(L);
	const char *state = arg_string(L, 2, "core.state");

	if (!strcmp(state, core_state_name(core->state)))
		return 0;
	bind_not_running(L, object->owner, "core.state =");
	if (!strcmp(state, "parked"))
		core_set_state(core, CORE_PARKED);
	else if (!strcmp(state, "running") && core->state == CORE_PARKED)
		machine_release_core(object->owner->machine, (unsigned)core->index, core->pc,
				     machine_now(object->owner->machine));
	else
		class_error(
			L,
			"core.state: \"running\" (of a parked core) or \"parked\" can be set, not \"%s\"; the others "
			"are the "
			"guest's doing",
			state);
	return 0;
}

static int bind_core_get_model(lua_State *L)
{
	lua_pushstring(L, bind_core_self(L)->model->name);
	return 1;
}

static int bind_core_get_path(lua_State *L)
{
	lua_pushstring(L, bind_core_self(L)->path);
	return 1;
}

static int bind_core_get_frequency(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)bind_core_self(L)->time.frequency);
	return 1;
}

static int bind_core_get_timebase_frequency(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)bind_core_self(L)->timers.tb_frequency);
	return 1;
}

static int bind_core_get_mem(lua_State *L)
{
	bind_push(L, &bind_memory_class, bind_core_self(L)->index);
	return 1;
}

static int bind_core_push_registers(lua_State *L, enum bind_registers file)
{
	bind_push(L, &bind_registers_class, (int)(bind_core_self(L)->index * BIND_REGISTER_FILES + file));
	return 1;
}

static int bind_core_get_r(lua_State *L)
{
	return bind_core_push_registers(L, BIND_REGISTERS_R);
}

static int bind_core_get_ev(lua_State *L)
{
	return bind_core_push_registers(L, BIND_REGISTERS_EV);
}

static int bind_core_get_f(lua_State *L)
{
	return bind_core_push_registers(L, BIND_REGISTERS_F);
}

static int bind_core_get_fbits(lua_State *L)
{
	return bind_core_push_registers(L, BIND_REGISTERS_FBITS);
}

static int bind_core_get_spr(lua_State *L)
{
	return bind_core_push_registers(L, BIND_REGISTERS_SPR);
}

/* A 32-bit value to write, at index 2; negative numbers are taken as two's complement. */
static uint32_t bind_core_word(lua_State *L, const char *what)
{
	return (uint32_t)arg_integer(L, 2, what, INT32_MIN, UINT32_MAX);
}

#define BIND_CORE_WORD(name, read, write)                               \
	static int bind_core_get_##name(lua_State *L)                   \
	{                                                               \
		const struct core *core = bind_core_self(L);            \
									\
		lua_pushinteger(L, (uint32_t)(read));                   \
		return 1;                                               \
	}                                                               \
	static int bind_core_set_##name(lua_State *L)                   \
	{                                                               \
		struct core *core = bind_core_self(L);                  \
		uint32_t value = bind_core_word(L, "core." #name);      \
									\
		write;                                                  \
		return 0;                                               \
	}

BIND_CORE_WORD(pc, core->pc, core_set_pc(core, value, bind_present(bind_self(L, &bind_core_class)->owner)))
BIND_CORE_WORD(lr, core->lr, core->lr = value)
BIND_CORE_WORD(ctr, core->ctr, core->ctr = value)
BIND_CORE_WORD(cr, core_cr(core), core_set_cr(core, value))
BIND_CORE_WORD(xer, core_xer(core), core_set_xer(core, value))
BIND_CORE_WORD(msr, core->msr, core_set_msr(core, value))

static int bind_core_release(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_core_class);
	struct machine *machine = object->owner->machine;
	uint32_t pc = (uint32_t)arg_integer(L, 2, "core:release: pc", 0, UINT32_MAX);

	if (machine->cores[object->index]->state != CORE_PARKED)
		class_error(L, "core:release: core %d is not parked, its state is \"%s\"", object->index,
			    core_state_name(machine->cores[object->index]->state));
	machine_release_core(machine, (unsigned)object->index, pc & ~3u, machine_now(machine));
	return 0;
}

/* The page size as MAS1[TSIZE] counts it: 4^n KiB. */
static unsigned bind_core_tsize(lua_State *L, uint64_t size)
{
	for (unsigned n = 1; n <= 11; n++)
		if (size == UINT64_C(1024) << 2 * n)
			return n;
	class_error(L, "core:map: size: a power of 4 from 4K to 4G is expected (4K, 16K, 64K, 256K, 1M, ...)");
}

static int bind_core_map(lua_State *L)
{
	static const char *const names[] = { "ea", "pa", "size", "index", "space", NULL };
	struct core *core = bind_core_self(L);
	struct mmu_entry entry = { .valid = true, .iprot = true, .wimge = 4, .permissions = 63 };
	unsigned index = 0;
	uint64_t size;

	arg_keys(L, 2, "core:map", names);
	lua_settop(L, 2);
	lua_getfield(L, 2, "ea");
	lua_getfield(L, 2, "pa");
	lua_getfield(L, 2, "size");
	size = arg_size(L, 5, "core:map: size");
	entry.size = (uint8_t)bind_core_tsize(L, size);
	entry.mask = (uint32_t)~(size - 1);
	entry.epn = (uint32_t)arg_integer(L, 3, "core:map: ea", 0, UINT32_MAX) & entry.mask;
	entry.rpn = (uint64_t)arg_integer(L, 4, "core:map: pa", 0, INT64_C(0xfffffffff)) & ~(size - 1);
	if (lua_getfield(L, 2, "index") != LUA_TNIL)
		index = (unsigned)arg_integer(L, -1, "core:map: index", 0, core->model->tlb1_entries - 1);
	if (lua_getfield(L, 2, "space") != LUA_TNIL)
		entry.ts = arg_integer(L, -1, "core:map: space", 0, 1);
	mmu_set_tlb1(&core->mmu, index, &entry);
	return 0;
}

static int bind_core_text(lua_State *L)
{
	const struct bind_object *object = class_check(L, 1, &bind_core_class);
	const struct core *core;
	char text[96];

	if (!object->owner->machine) {
		lua_pushfstring(L, "core %d of a closed machine", object->index);
		return 1;
	}
	core = object->owner->machine->cores[object->index];
	snprintf(text, sizeof text, "core %d (%s), %s at pc 0x%08" PRIx64, core->index, core->model->name,
		 core_state_name(core->state), core->pc);
	lua_pushstring(L, text);
	return 1;
}

#define BIND_CORE_CLOSED "the machine is closed"
#define BIND_CORE_WRITE "written: not an integer of 32 bits; the machine is closed"

static const struct class_member bind_core_members[] = {
	{
		.name = "index",
		.get = bind_core_get_index,
		.synopsis = "core.index -> integer",
		.text = "The core's number: m.cores[core.index] is the core.",
		.returns = "integer, from 0",
		.errors = BIND_CORE_CLOSED,
		.example = "assert(m.cores[0].index == 0)",
	},
	{
		.name = "insns",
		.get = bind_core_get_insns,
		.synopsis = "core.insns -> integer",
		.text = "Instructions that this core has retired since reset, exact.",
		.returns = "integer, instructions",
		.errors = BIND_CORE_CLOSED,
		.example = "m:run{ insns = 10 }\nassert(m.cores[0].insns >= 10)",
	},
	{
		.name = "cycles",
		.get = bind_core_get_cycles,
		.synopsis = "core.cycles -> integer",
		.text = "Cycles of the core's clock that its timing model has charged to instructions; idle ones "
			"are not counted.",
		.returns = "integer, cycles",
		.errors = BIND_CORE_CLOSED,
		.example = "assert(m.cores[0].cycles >= m.cores[0].insns)",
	},
	{
		.name = "time",
		.get = bind_core_get_time,
		.synopsis = "core.time -> integer",
		.text = "The core's own virtual time: cycles and idle stretches, divided by its frequency.",
		.returns = "integer, ns",
		.errors = BIND_CORE_CLOSED,
		.example = "m:run{ [\"for\"] = \"1us\" }\nassert(m.cores[0].time >= 1000)",
	},
	{
		.name = "idle_ns",
		.get = bind_core_get_idle_ns,
		.synopsis = "core.idle_ns -> integer",
		.text = "Virtual time in which the core was idle (parked, waiting, dozing, or in a branch to itself).",
		.returns = "integer, ns",
		.errors = BIND_CORE_CLOSED,
		.example = "assert(m.cores[0].idle_ns >= 0)",
	},
	{
		.name = "state",
		.get = bind_core_get_state,
		.set = bind_core_set_state,
		.synopsis = "core.state -> string",
		.text = "What the core does: \"running\", or why it is idle: \"parked\" (in the spin table), "
			"\"wait\", \"doze\", "
			"\"loop\" (a branch to itself), \"checkstop\". Can be set to \"parked\", and of a parked "
			"core to \"running\".",
		.returns = "string",
		.errors = "set: another state, or from a callback; the machine is closed",
		.example = "assert(m.cores[1].state == \"parked\")",
	},
	{
		.name = "fault",
		.get = bind_core_get_fault,
		.synopsis = "core.fault -> table or nil",
		.text = "The last exception that an instruction in supervisor state ran into: an illegal "
			"instruction, a trap, an "
			"access that is not allowed. TLB misses count only where their handler itself is not mapped. "
			"A healthy "
			"kernel may have had some; where it ended badly, it is what to look at first.",
		.returns =
			"table with text, pc, msr (before it), esr, dear, insns (retired before it); nil: none so far",
		.errors = BIND_CORE_CLOSED,
		.example = "local fault = m.cores[0].fault\nprint(fault and fault.text or \"none\")",
	},
	{
		.name = "model",
		.get = bind_core_get_model,
		.synopsis = "core.model -> string",
		.text = "Which core it is.",
		.returns = "string, \"e500v2\" or \"e500mc\"",
		.errors = BIND_CORE_CLOSED,
		.example = "assert(m.cores[0].model == \"e500v2\")",
	},
	{
		.name = "path",
		.get = bind_core_get_path,
		.synopsis = "core.path -> string",
		.text = "The core's node in the device tree.",
		.returns = "string, a path",
		.errors = BIND_CORE_CLOSED,
		.example = "assert(m.dt[m.cores[0].path].device_type == \"cpu\")",
	},
	{
		.name = "frequency",
		.get = bind_core_get_frequency,
		.synopsis = "core.frequency -> integer",
		.text = "The core's clock, from its node of the device tree.",
		.returns = "integer, Hz",
		.errors = BIND_CORE_CLOSED,
		.example = "assert(m.cores[0].frequency == 400000000)",
	},
	{
		.name = "timebase_frequency",
		.get = bind_core_get_timebase_frequency,
		.synopsis = "core.timebase_frequency -> integer",
		.text = "The rate of the time base and the decrementer, from the core's node of the device tree.",
		.returns = "integer, Hz",
		.errors = BIND_CORE_CLOSED,
		.example = "assert(m.cores[0].timebase_frequency == 400000000)",
	},
	{
		.name = "pc",
		.get = bind_core_get_pc,
		.set = bind_core_set_pc,
		.synopsis = "core.pc -> integer",
		.text = "The effective address of the next instruction. Can be written; the low two bits are dropped. "
			"A core that was idle (not parked) goes on there.",
		.returns = "integer, 32 bits",
		.errors = BIND_CORE_WRITE,
		.example = "m.cores[0].pc = 0x1000\nassert(m.cores[0].pc == 0x1000)",
	},
	{
		.name = "lr",
		.get = bind_core_get_lr,
		.set = bind_core_set_lr,
		.synopsis = "core.lr -> integer",
		.text = "The link register. Can be written.",
		.returns = "integer, 32 bits",
		.errors = BIND_CORE_WRITE,
		.example = "m.cores[0].lr = 0x2000\nassert(m.cores[0].lr == 0x2000)",
	},
	{
		.name = "ctr",
		.get = bind_core_get_ctr,
		.set = bind_core_set_ctr,
		.synopsis = "core.ctr -> integer",
		.text = "The count register. Can be written.",
		.returns = "integer, 32 bits",
		.errors = BIND_CORE_WRITE,
		.example = "m.cores[0].ctr = -1\nassert(m.cores[0].ctr == 0xffffffff)",
	},
	{
		.name = "cr",
		.get = bind_core_get_cr,
		.set = bind_core_set_cr,
		.synopsis = "core.cr -> integer",
		.text = "The condition register: CR0 in the top four bits, each field LT GT EQ SO. Can be written.",
		.returns = "integer, 32 bits",
		.errors = BIND_CORE_WRITE,
		.example = "m.cores[0].cr = 0x20000000\nassert(m.cores[0].cr >> 28 == 2)",
	},
	{
		.name = "xer",
		.get = bind_core_get_xer,
		.set = bind_core_set_xer,
		.synopsis = "core.xer -> integer",
		.text = "SO, OV, CA in the top three bits, the byte count of string instructions in the low seven. "
			"Can be written.",
		.returns = "integer, 32 bits",
		.errors = BIND_CORE_WRITE,
		.example = "m.cores[0].xer = 0x20000000\nassert(m.cores[0].xer == 0x20000000)",
	},
	{
		.name = "msr",
		.get = bind_core_get_msr,
		.set = bind_core_set_msr,
		.synopsis = "core.msr -> integer",
		.text = "The machine state register. Written as mtmsr does: bits that the core lacks stay 0.",
		.returns = "integer, 32 bits",
		.errors = BIND_CORE_WRITE,
		.example = "m.cores[0].msr = 0x1000 -- ME\nassert(m.cores[0].msr & 0x1000 ~= 0)",
	},
	{
		.name = "r",
		.get = bind_core_get_r,
		.synopsis = "core.r -> registers",
		.text = "The general registers, core.r[0] to core.r[31]: their low 32 bits. Can be written.",
		.returns = "registers; each an integer of 32 bits",
		.errors = BIND_CORE_CLOSED,
		.example = "m.cores[0].r[3] = 42\nassert(m.cores[0].r[3] == 42)",
	},
	{
		.name = "ev",
		.get = bind_core_get_ev,
		.synopsis = "core.ev -> registers",
		.text = "The general registers in 64 bits, as the SPE of the e500v2 uses them. Can be written.",
		.returns = "registers; each an integer of 64 bits",
		.errors = BIND_CORE_CLOSED,
		.example = "m.cores[0].ev[3] = 0x100000002\nassert(m.cores[0].r[3] == 2)",
	},
	{
		.name = "f",
		.get = bind_core_get_f,
		.synopsis = "core.f -> registers",
		.text = "The floating-point registers (e500mc), core.f[0] to core.f[31], as numbers. Can be written. "
			"core.fbits has their bits.",
		.returns = "registers; each a float",
		.errors = "the core has no FPU; the machine is closed",
		.example = "local mc = warpcore.machine{ board = m.options.board, core = \"e500mc\" }\n"
			   "mc.cores[0].f[1] = 1.5\nassert(mc.cores[0].f[1] == 1.5)",
	},
	{
		.name = "fbits",
		.get = bind_core_get_fbits,
		.synopsis = "core.fbits -> registers",
		.text = "The floating-point registers (e500mc) as bits of the double format: exact for NaNs too. "
			"Can be written.",
		.returns = "registers; each an integer of 64 bits",
		.errors = "the core has no FPU; the machine is closed",
		.example = "local mc = warpcore.machine{ board = m.options.board, core = \"e500mc\" }\n"
			   "mc.cores[0].f[1] = 1.0\nassert(mc.cores[0].fbits[1] == 0x3ff0000000000000)",
	},
	{
		.name = "spr",
		.get = bind_core_get_spr,
		.synopsis = "core.spr -> registers",
		.text = "The special purpose registers by name, core.spr.DEC, or by number, core.spr[22]. "
			"Reading and writing act as mfspr and mtspr do in supervisor state.",
		.returns = "registers; each an integer of 32 bits",
		.errors =
			"a register that the core has not, one that can only be read or only be written; the "
			"machine is closed",
		.example =
			"m.cores[0].spr.SPRG0 = 7\nassert(m.cores[0].spr[272] == 7)\nassert(m.cores[0].spr.PIR == 0)",
	},
	{
		.name = "mem",
		.get = bind_core_get_mem,
		.synopsis = "core.mem -> memory",
		.text = "Memory by effective address, through the core's MMU in its data space of the moment; "
			"big-endian, "
			"without side effects.",
		.returns = "memory",
		.errors = BIND_CORE_CLOSED,
		.example =
			"m.mem:set_u32(0x1000, 5)\nassert(m.cores[0].mem:u32(0x1000) == 5) -- the first mapping is "
			"EA = PA",
	},
	{
		.name = "release",
		.call = bind_core_release,
		.synopsis = "core:release(pc)",
		.text = "Starts a parked core, as the spin table does; set its registers first.",
		.arguments = "pc (integer, address): where it starts",
		.returns = "nothing",
		.errors = "the core is not parked; the machine is closed",
		.example =
			"m.mem:set_u32(0x1000, 0x48000000) -- b .\nm.cores[1]:map{ ea = 0, pa = 0, size = \"16M\" }\n"
			"m.cores[1]:release(0x1000)\n"
			"assert(m.cores[1].state == \"running\")",
	},
	{
		.name = "map",
		.call = bind_core_map,
		.synopsis = "core:map{ ea=, pa=, size=, index=, space= }",
		.text = "Places an entry in TLB1 by hand, with all permissions, as a loader does before the first "
			"instruction.",
		.arguments = "ea (integer): effective address of the page; its low bits are dropped\n"
			     "pa (integer): physical address of the page, 36 bits\n"
			     "size (size): of the page, a power of 4 from \"4K\" to \"4G\"\n"
			     "index (integer): which entry; 0\n"
			     "space (integer): 0 or 1, compared with MSR[IS] and MSR[DS]; 0",
		.returns = "nothing",
		.errors = "a size that the MMU has not, an index out of range; the machine is closed",
		.example = "m.cores[1]:map{ ea = 0x80000000, pa = 0, size = \"16M\", index = 3 }\n"
			   "assert(m.cores[1].mem:physical(0x80001000) == 0x1000)",
	},
	{ .name = NULL },
};

const struct class bind_core_class = {
	.name = "core",
	.summary = "One core: its registers, its time, what it does.",
	.members = bind_core_members,
	.text = bind_core_text,
	.now = bind_now,
};
