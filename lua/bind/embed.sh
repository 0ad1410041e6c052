#!/bin/sh
# Prints C that holds the given Lua files, so that the binary needs no path to find its library.
#   usage: sh lua/bind/embed.sh lua/lib/*.lua >library.c
set -eu
echo '#include "lua/bind/library.h"'
n=0
for file in "$@"; do
	echo "static const unsigned char text_$n[] = {"
	od -An -v -tx1 "$file" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
	echo '};'
	n=$((n + 1))
done
echo 'const struct library_file library_files[] = {'
n=0
for file in "$@"; do
	echo "	{ \"$(basename "$file" .lua)\", text_$n, sizeof text_$n },"
	n=$((n + 1))
done
echo '	{ 0, 0, 0 },'
echo '};'
