#include "lua/bind/disk_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua/kit/arg.h"
#include "lua/kit/class.h"
#include "sim/base/allocate.h"

#define DISK_OPTIONS_OVERLAY "overlay="

/* The name of a file, on top of the stack. */
static const char *disk_options_file(lua_State *L, const char *what)
{
	const char *file = arg_string(L, -1, what);

	if (!*file)
		class_error(L, "%s: the name of a file is expected, got an empty string", what);
	return allocate_text(file);
}

/* The table on top of the stack. What is read already is the disk's, whatever comes after it. */
static void disk_options_take_table(lua_State *L, const char *what, struct disk_image *disk)
{
	static const char *const names[] = { "file", "readonly", "overlay", NULL };
	char field[96];

	arg_keys(L, -1, what, names);
	snprintf(field, sizeof field, "%s: file", what);
	lua_getfield(L, -1, "file");
	disk->file = disk_options_file(L, field);
	snprintf(field, sizeof field, "%s: overlay", what);
	if (lua_getfield(L, -2, "overlay") != LUA_TNIL)
		disk->overlay = disk_options_file(L, field);
	snprintf(field, sizeof field, "%s: readonly", what);
	if (lua_getfield(L, -3, "readonly") != LUA_TNIL)
		disk->read_only = arg_boolean(L, -1, field);
	lua_pop(L, 3);
	if (disk->read_only && disk->overlay)
		class_error(L, "%s: a disk is readonly or has an overlay, not both", what);
}

void disk_options_take(lua_State *L, const char *what, struct disk_options *disks)
{
	lua_Unsigned count;
	char element[80];

	if (lua_type(L, -1) != LUA_TTABLE)
		class_error(L, "%s: a list is expected, as in { \"disk.img\" }", what);
	count = lua_rawlen(L, -1);
	if (!count && (lua_pushnil(L), lua_next(L, -2)))
		class_error(L, "%s: a list is expected, as in { { file = \"disk.img\", readonly = true } }", what);
	if (count > SOC_MAX_DISKS)
		class_error(L, "%s: there are at most %d", what, SOC_MAX_DISKS);
	for (unsigned i = 0; i < count; i++) {
		struct disk_image *disk = &disks->list[disks->count++];

		snprintf(element, sizeof element, "%s[%u]", what, i + 1);
		if (lua_rawgeti(L, -1, i + 1) == LUA_TTABLE)
			disk_options_take_table(L, element, disk);
		else
			disk->file = disk_options_file(L, element);
		lua_pop(L, 1);
	}
}

static void disk_options_push_one(lua_State *L, const struct disk_image *disk)
{
	lua_newtable(L);
	lua_pushstring(L, disk->file);
	lua_setfield(L, -2, "file");
	if (disk->read_only) {
		lua_pushboolean(L, 1);
		lua_setfield(L, -2, "readonly");
	}
	if (disk->overlay) {
		lua_pushstring(L, disk->overlay);
		lua_setfield(L, -2, "overlay");
	}
}

void disk_options_push(lua_State *L, const struct disk_options *disks)
{
	lua_newtable(L);
	for (unsigned i = 0; i < disks->count; i++) {
		disk_options_push_one(L, &disks->list[i]);
		lua_rawseti(L, -2, i + 1);
	}
}

void disk_options_free(struct disk_options *disks)
{
	for (unsigned i = 0; i < disks->count; i++) {
		free((char *)disks->list[i].file);
		free((char *)disks->list[i].overlay);
	}
	disks->count = 0;
}

/* What stands behind the file's name, or the text's end. */
static const char *disk_options_suffix(const char *text)
{
	return text + strcspn(text, ",");
}

bool disk_options_check_text(const char *text, struct err *err)
{
	const char *suffix = disk_options_suffix(text);
	size_t key = strlen(DISK_OPTIONS_OVERLAY);

	if (suffix == text)
		return err_set(err, "--disk %s: the name of an image is expected", text);
	if (*suffix && strcmp(suffix, ",ro") && (strncmp(suffix + 1, DISK_OPTIONS_OVERLAY, key) || !suffix[1 + key]))
		return err_set(err, "--disk %s: behind the comma, \"ro\" or \"overlay=FILE\" is expected", text);
	return true;
}

void disk_options_push_text(lua_State *L, const char *text)
{
	const char *suffix = disk_options_suffix(text);

	lua_newtable(L);
	lua_pushlstring(L, text, (size_t)(suffix - text));
	lua_setfield(L, -2, "file");
	if (!strcmp(suffix, ",ro")) {
		lua_pushboolean(L, 1);
		lua_setfield(L, -2, "readonly");
	} else if (*suffix) {
		lua_pushstring(L, suffix + 1 + strlen(DISK_OPTIONS_OVERLAY));
		lua_setfield(L, -2, "overlay");
	}
}
