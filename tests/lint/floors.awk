# The drawing of the house (tests/lint/floors), checked by include lines; libfdt is for soc/tree/tree.c alone,
# libslirp for soc/host/net_host.c, Lua for lua/, curses for lua/console/.
# Input: tests/lint/floors, then the sources, named from the top. Exit status 1 when a line breaks a rule.

FILENAME == ARGV[1] {
	if (!/^#/) {
		floors++
		for (i = 1; i <= NF; i++)
			floor[$i] = floors
	}
	next
}

function room(path) {
	sub(/\/[^\/]*$/, "", path)
	return path
}

function complain(what) {
	print FILENAME ":" FNR ": " what
	bad = 1
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, part, "\"")
	target = part[2]
	here = room(FILENAME)
	there = room(target)
	if (here ~ /^sim\/isa\//)
		here = "sim/isa"
	if (there ~ /^sim\/isa\//)
		there = "sim/isa"
	if (target !~ /\//) {
		if (target !~ /\.(inc|def)$/)
			complain("\"" target "\" is not named from the top of the tree")
	} else if (!(there in floor)) {
		complain("\"" target "\" is in no room of the house")
	} else if (here == "soc/device" && there == "soc/build" && target != "soc/build/builder.h") {
		complain("of soc/build a device sees builder.h alone")
	} else if (floor[there] > floor[here])
		complain(here " (floor " floor[here] ") includes from " there " (floor " floor[there] ")")
}

/^[ \t]*#[ \t]*include[ \t]*"lua\/bind\/(module|library)\.h"/ && FILENAME ~ /^lua\/bind\/bind/ {
	complain("the bindings of a machine do not call what lists them")
}
/^[ \t]*#[ \t]*include[ \t]*<(lib)?fdt/ && FILENAME != "soc/tree/tree.c" {
	complain("only soc/tree/tree.c includes libfdt")
}
/^[ \t]*#[ \t]*include[ \t]*<slirp/ && FILENAME != "soc/host/net_host.c" {
	complain("only soc/host/net_host.c includes libslirp")
}
/^[ \t]*#[ \t]*include[ \t]*<(lua|lauxlib|lualib)/ && FILENAME !~ /^lua\// {
	complain("only lua/ includes Lua")
}
/^[ \t]*#[ \t]*include[ \t]*<(n?cursesw?|panel)/ && FILENAME !~ /^lua\/console\// {
	complain("only lua/console/ includes curses")
}

END { exit bad }
