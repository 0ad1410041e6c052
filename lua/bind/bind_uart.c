#include "lua/kit/arg.h"
#include "lua/bind/bind.h"
#include "soc/host/serial_host.h"
#include "lua/bind/uart_text.h"

/* ---- The list ---- */

static int bind_uarts_length(lua_State *L)
{
	lua_pushinteger(L, soc_serials(bind_self(L, &bind_uarts_class)->owner->soc));
	return 1;
}

static int bind_uarts_item(lua_State *L)
{
	unsigned n = soc_serials(bind_self(L, &bind_uarts_class)->owner->soc);
	lua_Integer index = arg_integer(L, 2, "m.uart[n]", INT64_MIN, INT64_MAX);

	if (index < 0 || index >= n)
		class_error(L, "there is no UART %lld; the machine has %u, numbered from 0", index, n);
	bind_push(L, &bind_uart_class, (int)index);
	return 1;
}

static const struct class_member bind_uarts_members[] = { { .name = NULL } };

const struct class bind_uarts_class = {
	.name = "uarts",
	.summary = "The serial ports of a machine, from 0: m.uart[0], #m.uart, ipairs(m.uart).",
	.members = bind_uarts_members,
	.item = bind_uarts_item,
	.length = bind_uarts_length,
	.now = bind_now,
};

/* ---- One serial port ---- */

static struct uart_text *bind_uart_self(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_uart_class);

	return &object->owner->uarts[object->index];
}

static struct serial_port *bind_uart_port(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_uart_class);

	return soc_serial(object->owner->soc, (unsigned)object->index);
}

static int bind_uart_get_index(lua_State *L)
{
	lua_pushinteger(L, bind_uart_self(L)->number);
	return 1;
}

static int bind_uart_get_path(lua_State *L)
{
	lua_pushstring(L, serial_port_path(bind_uart_port(L)));
	return 1;
}

static int bind_uart_get_text(lua_State *L)
{
	const struct uart_text *uart = bind_uart_self(L);

	lua_pushlstring(L, uart->text, uart->length);
	return 1;
}

static int bind_uart_get_seen(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)bind_uart_self(L)->seen);
	return 1;
}

static int bind_uart_set_seen(lua_State *L)
{
	struct uart_text *uart = bind_uart_self(L);

	uart->seen = (size_t)arg_integer(L, 2, "uart.seen", 0, (lua_Integer)uart->length);
	return 0;
}

static int bind_uart_get_waiting(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)serial_port_waiting(bind_uart_port(L)));
	return 1;
}

static int bind_uart_send(lua_State *L)
{
	struct uart_text *uart = bind_uart_self(L);
	const char *text = arg_string(L, 2, "uart:send: text");

	uart_text_send(uart, text, lua_rawlen(L, 2));
	return 0;
}

static int bind_uart_get_host(lua_State *L)
{
	const struct uart_text *uart = bind_uart_self(L);

	lua_pushstring(L, uart->host ? serial_host_name(uart->host) : "");
	return 1;
}

static int bind_uart_text(lua_State *L)
{
	const struct bind_object *object = class_check(L, 1, &bind_uart_class);

	lua_pushfstring(L, "uart %d", object->index);
	return 1;
}

static const struct class_member bind_uart_members[] = {
	{
		.name = "index",
		.get = bind_uart_get_index,
		.synopsis = "uart.index -> integer",
		.text = "The port's number: m.uart[uart.index] is the port.",
		.returns = "integer, from 0",
		.errors = "the machine is closed",
		.example = "assert(m.uart[0].index == 0)",
	},
	{
		.name = "path",
		.get = bind_uart_get_path,
		.synopsis = "uart.path -> string",
		.text = "The port's node in the device tree.",
		.returns = "string, a path",
		.errors = "the machine is closed",
		.example = "assert(m.dt[m.uart[0].path].device_type == \"serial\")",
	},
	{
		.name = "text",
		.get = bind_uart_get_text,
		.synopsis = "uart.text -> string",
		.text = "What the guest has sent since reset; of a guest that prints for ever, the last 4 MiB and "
			"more.",
		.returns = "string of bytes",
		.errors = "the machine is closed",
		.example =
			"m.uart[0]:expect(\"U-Boot\", { timeout = \"1s\" })\n"
			"assert(m.uart[0].text:find(\"U-Boot\", 1, true))",
	},
	{
		.name = "seen",
		.get = bind_uart_get_seen,
		.set = bind_uart_set_seen,
		.synopsis = "uart.seen -> integer",
		.text = "How much of uart.text the last expect has read: the next one looks at what follows. Can be "
			"written.",
		.returns = "integer, bytes",
		.errors = "written: below 0 or above #uart.text; the machine is closed",
		.example = "m.uart[0]:expect(\"U-Boot\", { timeout = \"1s\" })\nassert(m.uart[0].seen > 0)",
	},
	{
		.name = "waiting",
		.get = bind_uart_get_waiting,
		.synopsis = "uart.waiting -> integer",
		.text = "Bytes sent to the guest that its UART has not taken yet.",
		.returns = "integer, bytes",
		.errors = "the machine is closed",
		.example = "m.uart[0]:send(\"help\")\nassert(m.uart[0].waiting <= 4)",
	},
	{
		.name = "host",
		.get = bind_uart_get_host,
		.synopsis = "uart.host -> string",
		.text = "Where the host finds the port, if the machine was made with serial = \"pty\" or \"tcp:PORT\".",
		.returns = "string, as in \"/dev/pts/3\" or \"127.0.0.1:4000\"; empty without",
		.errors = "the machine is closed",
		.example = "assert(m.uart[0].host == \"\")",
	},
	{
		.name = "send",
		.call = bind_uart_send,
		.synopsis = "uart:send(text)",
		.text = "Sends text to the guest: it arrives at the end of the present round. Nothing is lost: what "
			"the UART cannot "
			"take waits. During a replay it is left out, for the replay has it.",
		.arguments =
			"text (string): the bytes; a newline is what the Enter key sends to most guests as \"\\r\" "
			"or \"\\n\"",
		.returns = "nothing",
		.errors = "not a string; the machine is closed",
		.example = "m.uart[0]:expect(\"Hit any key\", { timeout = \"1s\" })\nm.uart[0]:send(\" \")\n"
			   "m.uart[0]:expect(\"=> \", { timeout = \"2s\" })",
	},
	{ .name = NULL },
};

const struct class bind_uart_class = {
	.name = "uart",
	.summary = "A serial port: what the guest prints, and the keyboard.",
	.members = bind_uart_members,
	.text = bind_uart_text,
	.now = bind_now,
};
