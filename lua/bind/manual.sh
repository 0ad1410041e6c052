#!/bin/sh
# Prints C that holds the manual page at the head of each file that has one (device models), for help().
#   usage: sh lua/bind/manual.sh soc/device/*.c ...
set -eu
echo '#include "lua/bind/manual.h"'
echo 'const struct manual_page manual_pages[] = {'
for file in "$@"; do
	[ "$(sed -n 2p "$file")" = ' * NAME' ] || continue
	name=$(basename "$file" .c)
	echo "	{ \"$name\","
	sed -n '2,/^ \*\//p' "$file" | sed -e '/^ \*\//d' -e 's/^ \*[ ]\{0,1\}//' -e 's/\\/\\\\/g' -e 's/"/\\"/g' \
		-e 's/	/        /g' -e 's/^/	  "/' -e 's/$/\\n"/'
	echo '	},'
done
echo '	{ 0, 0 },'
echo '};'
