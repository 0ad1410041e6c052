# The drawing of the house, checked: a file includes only from its own floor and below, from the top of the tree;
# libfdt is for soc/tree.c alone, libslirp for lua/net_host.c, Lua for lua/, curses for lua/console/.
# Input: the sources, named from the top. Exit status 1 when a line breaks a rule.

BEGIN {
	split("guest,base stat time,bus isa core jit,timing machine debug soc lua", floors, " ")
	for (i in floors) {
		n = split(floors[i], rooms, ",")
		for (j = 1; j <= n; j++)
			floor[rooms[j]] = i + 0
	}
}

function room(path) {
	sub(/^sim\//, "", path)
	sub(/\/.*/, "", path)
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
	if (target !~ /\//) {
		if (target !~ /\.(inc|def)$/)
			complain("\"" target "\" is not named from the top of the tree")
	} else if (!(there in floor)) {
		complain("\"" target "\" is in no room of the house")
	} else if (floor[there] > floor[here])
		complain(here " (floor " floor[here] ") includes from " there " (floor " floor[there] ")")
}

/^[ \t]*#[ \t]*include[ \t]*<(lib)?fdt/ && FILENAME != "soc/tree.c" {
	complain("only soc/tree.c includes libfdt")
}
/^[ \t]*#[ \t]*include[ \t]*<slirp/ && FILENAME != "lua/net_host.c" {
	complain("only lua/net_host.c includes libslirp")
}
/^[ \t]*#[ \t]*include[ \t]*<(lua|lauxlib|lualib)/ && FILENAME !~ /^lua\// {
	complain("only lua/ includes Lua")
}
/^[ \t]*#[ \t]*include[ \t]*<(n?cursesw?|panel)/ && FILENAME !~ /^lua\/console\// {
	complain("only lua/console/ includes curses")
}

END { exit bad }
