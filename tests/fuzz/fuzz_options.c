/*
 * Option tables of warpcore.machine: each ends in a machine, or in an error of one line. 2 bytes choose a field and its
 * value, of a list that names no file of the host but the board.
 */
#include <stdio.h>
#include <stdlib.h>

#include <lauxlib.h>

#include "lua/main/command_line.h"
#include "lua/main/script.h"
#include "tests/fuzz/fuzz.h"

static const char fuzz_script[] =
	"local board = ...\n"
	"local fields, values = {}, { 0, 1, 2, 3, 4, 33, -1, 1 << 40, math.mininteger, 0.5, 0/0, \n"
	"  1/0, true, false, '', '1',\n"
	"  '16M', '64M', '1G', '1ns', '-1s', 'x', 'e500v2', 'e500mc', 'interp', 'warp', \n"
	"  'realtime', 'stdio', 'pty', 'tcp:0',\n"
	"  'tcp:x', 'file:/dev/null', 'user', 'user,restrict', 'all', 'info,x', 'auto', board, {}, { 1 }, { 'x' },\n"
	"  { file = 'nothing' }, { { file = 'nothing' } }, print, ('x'):rep(5000), '\\0', ('9'):rep(40) }\n"
	"for name in pairs(warpcore.machine{ board = board, \n"
	"  memory = '1M' }.options) do fields[#fields + 1] = name end\n"
	"for _, name in ipairs{ 'cores', 'memory', 'core', 'quantum', 'threads', 'idle', \n"
	"  'speed', 'seed', 'epoch', 'entropy',\n"
	"  'console', 'serial', 'disks', 'net', 'append', 'strict', 'log', 'cpi', 'nothing' } do\n"
	"  fields[#fields + 1] = name\n"
	"end\n"
	"local written = { stats = true, trace = true, record = true, replay = true, semihost = true }\n"
	"table.sort(fields)\n"
	"return function(bytes)\n"
	"  local options = { board = board, memory = '1M' }\n"
	"  for i = 1, #bytes - 1, 2 do\n"
	"    local name = fields[bytes:byte(i) % #fields + 1]\n"
	"    if not written[name] then options[name] = values[bytes:byte(i + 1) % #values + 1] end\n"
	"  end\n"
	"  local ok, m = pcall(warpcore.machine, options)\n"
	"  if ok then m:run{ ['for'] = '1us', wall = 0.01 } m:close()\n"
	"  else assert(not tostring(m):find '\\n', m) end\n"
	"  collectgarbage()\n"
	"end\n";

static lua_State *fuzz_open(void)
{
	static struct command_line line;
	lua_State *L = script_open(&line);

	if (!L || luaL_loadstring(L, fuzz_script) || (lua_pushstring(L, fuzz_board("")), lua_pcall(L, 1, 1, 0))) {
		fprintf(stderr, "fuzz: %s\n", L ? lua_tostring(L, -1) : "no state");
		abort();
	}
	return L;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static lua_State *L;

	if (!L)
		L = fuzz_open();
	lua_pushvalue(L, -1);
	lua_pushlstring(L, (const char *)data, size < 64 ? size : 64);
	if (lua_pcall(L, 1, 0, 0)) {
		fprintf(stderr, "fuzz: %s\n", lua_tostring(L, -1));
		abort();
	}
	return 0;
}
