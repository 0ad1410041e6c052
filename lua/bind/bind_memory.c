/* Memory as scripts see it: index -1 is physical, index n goes through the MMU of core n. Never a side effect. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lua/kit/arg.h"
#include "lua/bind/bind.h"
#include "sim/base/endian.h"

#define BIND_MEMORY_MOST (INT64_C(1) << 30) /* bytes of one call */

static const char *bind_memory_name(const struct bind_object *object)
{
	return object->index < 0 ? "m.mem" : "core.mem";
}

/* The page of an effective address as a debugger sees it: readable or executable, for the supervisor. */
static bool bind_memory_translate(const struct core *core, uint64_t ea, uint64_t *pa)
{
	struct mmu_translation translation;
	bool space = core->msr & MSR_DS;

	if (mmu_translate(&core->mmu, ea, MMU_READ, space, false, &translation) != MMU_OK
	    && mmu_translate(&core->mmu, ea, MMU_READ, space, true, &translation) != MMU_OK
	    && mmu_translate(&core->mmu, ea, MMU_EXECUTE, space, false, &translation) != MMU_OK
	    && mmu_translate(&core->mmu, ea, MMU_EXECUTE, space, true, &translation) != MMU_OK)
		return false;
	*pa = translation.pa;
	return true;
}

/* The physical address of `address`, and how many bytes from there on are good for it (at most `size`). */
static uint64_t bind_memory_resolve(lua_State *L, const struct bind_object *object, uint64_t address, size_t size,
				    size_t *good)
{
	struct machine *machine = object->owner->machine;
	size_t page = (size_t)(BUS_PAGE_SIZE - (address & (BUS_PAGE_SIZE - 1)));
	uint64_t pa;

	*good = page < size ? page : size;
	if (object->index < 0)
		return address;
	if (address > UINT32_MAX)
		class_error(L, "core.mem: 0x%" PRIx64 " is no effective address of 32 bits", address);
	if (!bind_memory_translate(machine->cores[object->index], address, &pa))
		class_error(L,
			    "core.mem: core %d maps no page at 0x%" PRIx64
			    " in its data space of now; m.mem sees physical "
			    "memory",
			    object->index, address);
	return pa;
}

/* Copies between `data` and the guest, page by page; raises an error at the first byte that is no memory. */
static void bind_memory_copy(lua_State *L, const struct bind_object *object, uint64_t address, uint8_t *data,
			     size_t size, bool write)
{
	struct bus *bus = object->owner->machine->bus;
	size_t good;

	for (; size; size -= good, data += good, address += good) {
		uint64_t pa = bind_memory_resolve(L, object, address, size, &good);

		if (write ? !bus_poke(bus, pa, data, good) : !bus_peek(bus, pa, data, good))
			class_error(L,
				    "%s: there is no memory at physical address 0x%" PRIx64
				    "; registers of devices are not "
				    "touched from here",
				    bind_memory_name(object), pa);
	}
}

static int bind_memory_read(lua_State *L, unsigned size)
{
	struct bind_object *object = bind_self(L, &bind_memory_class);
	uint8_t bytes[8] = { 0 };

	bind_memory_copy(L, object, arg_u64(L, 2, "address"), bytes + 8 - size, size, false);
	lua_pushinteger(L, (lua_Integer)be64_load(bytes));
	return 1;
}

/* Writes the low `size` bytes of the value at index 3; a negative one is taken as two's complement. */
static int bind_memory_write(lua_State *L, unsigned size)
{
	struct bind_object *object = bind_self(L, &bind_memory_class);
	uint64_t address = arg_u64(L, 2, "address");
	lua_Integer least = size == 8 ? INT64_MIN : -(INT64_C(1) << (8 * size - 1));
	lua_Integer most = size == 8 ? INT64_MAX : (INT64_C(1) << 8 * size) - 1;
	uint8_t bytes[8];

	be64_store(bytes, (uint64_t)arg_integer(L, 3, "value", least, most));
	bind_memory_copy(L, object, address, bytes + 8 - size, size, true);
	return 0;
}

static int bind_memory_u8(lua_State *L)
{
	return bind_memory_read(L, 1);
}

static int bind_memory_u16(lua_State *L)
{
	return bind_memory_read(L, 2);
}

static int bind_memory_u32(lua_State *L)
{
	return bind_memory_read(L, 4);
}

static int bind_memory_u64(lua_State *L)
{
	return bind_memory_read(L, 8);
}

static int bind_memory_set_u8(lua_State *L)
{
	return bind_memory_write(L, 1);
}

static int bind_memory_set_u16(lua_State *L)
{
	return bind_memory_write(L, 2);
}

static int bind_memory_set_u32(lua_State *L)
{
	return bind_memory_write(L, 4);
}

static int bind_memory_set_u64(lua_State *L)
{
	return bind_memory_write(L, 8);
}

static int bind_memory_bytes(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_memory_class);
	uint64_t address = arg_u64(L, 2, "address");
	size_t size = (size_t)arg_integer(L, 3, "mem:bytes: n", 0, BIND_MEMORY_MOST);
	luaL_Buffer buffer;
	uint8_t *data = (uint8_t *)luaL_buffinitsize(L, &buffer, size);

	bind_memory_copy(L, object, address, data, size, false);
	luaL_pushresultsize(&buffer, size);
	return 1;
}

static int bind_memory_set_bytes(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_memory_class);
	uint64_t address = arg_u64(L, 2, "address");
	const char *bytes = arg_string(L, 3, "mem:set_bytes: bytes");

	bind_memory_copy(L, object, address, (uint8_t *)bytes, lua_rawlen(L, 3), true);
	return 0;
}

static int bind_memory_cstring(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_memory_class);
	uint64_t address = arg_u64(L, 2, "address");
	lua_Integer most = lua_isnoneornil(L, 3) ? 4096 : arg_integer(L, 3, "mem:cstring: most", 0, BIND_MEMORY_MOST);
	luaL_Buffer buffer;
	uint8_t byte;

	luaL_buffinit(L, &buffer);
	for (; most > 0; most--) {
		bind_memory_copy(L, object, address++, &byte, 1, false);
		if (!byte)
			break;
		luaL_addchar(&buffer, (char)byte);
	}
	luaL_pushresult(&buffer);
	return 1;
}

static int bind_memory_physical(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_memory_class);
	uint64_t address = arg_u64(L, 2, "address");
	size_t good;

	lua_pushinteger(L, (lua_Integer)bind_memory_resolve(L, object, address, 1, &good));
	return 1;
}

static int bind_memory_text(lua_State *L)
{
	const struct bind_object *object = class_check(L, 1, &bind_memory_class);

	if (object->index < 0)
		lua_pushliteral(L, "physical memory");
	else
		lua_pushfstring(L, "memory through the MMU of core %d", object->index);
	return 1;
}

#define BIND_MEMORY_ERRORS                                                                                             \
	"an address without memory behind it, or that the core's MMU does not map; the machine is closed"
#define BIND_MEMORY_ADDRESS "address (integer): physical for m.mem, effective for core.mem; it need not be aligned\n"

#define BIND_MEMORY_READ(bits, signs)                                                                         \
	{                                                                                                     \
		.name = "u" #bits, .call = bind_memory_u##bits,                                               \
		.synopsis = "mem:u" #bits "(address) -> integer",                                             \
		.text = "Reads " #bits " bits, big-endian" signs,                                             \
		.arguments = BIND_MEMORY_ADDRESS,                                                             \
		.returns = "integer of " #bits " bits", .errors = BIND_MEMORY_ERRORS,                         \
		.example = "m.mem:set_u" #bits "(0x1000, 77)\nassert(m.mem:u" #bits "(0x1000) == 77)",        \
	}

#define BIND_MEMORY_WRITE(bits)                                                                               \
	{                                                                                                     \
		.name = "set_u" #bits, .call = bind_memory_set_u##bits,                                       \
		.synopsis = "mem:set_u" #bits "(address, value)",                                             \
		.text = "Writes " #bits " bits, big-endian. Decoded instructions of the place are dropped; "  \
			"reservations are broken, as another master's write does.",                           \
		.arguments = BIND_MEMORY_ADDRESS                                                              \
			     "value (integer): signed or unsigned, of " #bits " bits",                        \
		.returns = "nothing",                                                                         \
		.errors = "a value out of range; " BIND_MEMORY_ERRORS,                                        \
		.example = "m.mem:set_u" #bits "(0x1000, -1)\nassert(m.mem:u8(0x1000) == 255)",               \
	}

static const struct class_member bind_memory_members[] = {
	BIND_MEMORY_READ(8, "."),
	BIND_MEMORY_READ(16, ", unsigned."),
	BIND_MEMORY_READ(32, ", unsigned."),
	BIND_MEMORY_READ(64, "; the top bit makes a negative Lua integer."),
	BIND_MEMORY_WRITE(8),
	BIND_MEMORY_WRITE(16),
	BIND_MEMORY_WRITE(32),
	BIND_MEMORY_WRITE(64),
	{
		.name = "bytes",
		.call = bind_memory_bytes,
		.synopsis = "mem:bytes(address, n) -> string",
		.text = "Reads n bytes in the order of memory.",
		.arguments = BIND_MEMORY_ADDRESS "n (integer, bytes): how many, up to 1 GiB",
		.returns = "string of n bytes",
		.errors = BIND_MEMORY_ERRORS,
		.example = "m.mem:set_bytes(0x1000, \"abc\")\nassert(m.mem:bytes(0x1001, 2) == \"bc\")",
	},
	{
		.name = "set_bytes",
		.call = bind_memory_set_bytes,
		.synopsis = "mem:set_bytes(address, bytes)",
		.text = "Writes a string of bytes.",
		.arguments = BIND_MEMORY_ADDRESS "bytes (string): what to write",
		.returns = "nothing",
		.errors = BIND_MEMORY_ERRORS,
		.example = "m.mem:set_bytes(0x1000, string.pack(\">I4I4\", 1, 2))\nassert(m.mem:u32(0x1004) == 2)",
	},
	{
		.name = "cstring",
		.call = bind_memory_cstring,
		.synopsis = "mem:cstring(address [, most]) -> string",
		.text = "Reads text up to the NUL that ends it.",
		.arguments = BIND_MEMORY_ADDRESS "most (integer, bytes): where to stop without a NUL; 4096",
		.returns = "string without the NUL",
		.errors = BIND_MEMORY_ERRORS,
		.example = "m.mem:set_bytes(0x1000, \"hello\\0\")\nassert(m.mem:cstring(0x1000) == \"hello\")",
	},
	{
		.name = "physical",
		.call = bind_memory_physical,
		.synopsis = "mem:physical(address) -> integer",
		.text = "The physical address behind an address: through core.mem, what the core's MMU makes of it "
			"now.",
		.arguments = BIND_MEMORY_ADDRESS,
		.returns = "integer, a physical address",
		.errors = "the core's MMU does not map the address; the machine is closed",
		.example = "assert(m.cores[0].mem:physical(0x1000) == 0x1000)",
	},
	{ .name = NULL },
};

const struct class bind_memory_class = {
	.name = "mem",
	.summary = "Guest memory, big-endian and without side effects: physical (m.mem) or through an MMU (core.mem).",
	.members = bind_memory_members,
	.text = bind_memory_text,
	.now = bind_now,
};
