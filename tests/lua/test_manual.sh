# The manual that docs/manual.lua makes: each option, class and function is in it, and other programs read it without
# a warning (mandoc, groff).
warpcore=${WARPCORE:-build/warpcore}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

result() { # name, condition's status, output
	if [ "$2" = 0 ]; then echo "ok - $1"; else
		echo "not ok - $1"
		printf '%s\n' "$3" | head -40 | sed 's/^/  # /'
		failed=1
	fi
}

silent() { # name command...: it succeeds and prints nothing
	local name=$1 out
	shift
	out=$("$@" 2>&1) && [ -z "$out" ]
	result "$name" $? "$out"
}

# What mandoc makes of a page, as plain text on one line.
plain() { mandoc -Tutf8 -O width=500 "$1" | sed 's/.\x08//g' | tr -s ' \n' ' '; }

lacking() { # file of wanted texts, file of text: the wanted ones that are not in it
	awk 'NR == FNR { text = text $0 " "; next } { gsub(/ +/, " ") } !index(text, $0)' "$2" "$1"
}

silent "the manual is made" "$warpcore" docs/manual.lua "$dir" 2026-01-31
for page in warpcore.1 warpcore-lua.3; do
	for tool in mandoc groff; do
		if ! command -v $tool >/dev/null; then
			echo "ok - $tool reads $page # skip $tool is not installed"
		elif [ $tool = mandoc ]; then
			silent "mandoc reads $page" mandoc -Tlint -Wwarning "$dir/$page"
		else
			silent "groff reads $page" sh -c "groff -ww -b -man -Tutf8 '$dir/$page' 2>&1 >/dev/null"
		fi
	done
done

# The same lists, taken from the program in another way.
"$warpcore" -e 'for _, class in pairs(warpcore.classes) do
	for _, record in pairs(class.members) do print(record.synopsis) end
end' >"$dir/synopses"
"$warpcore" -e 'for _, class in pairs(warpcore.classes) do
	for name in pairs(class.members) do print(("<h3 id=\"%s.%s\">"):format(class.name:gsub(" ", "-"), name)) end
end' >"$dir/anchors"
"$warpcore" --help | grep -oE '(^|[ ,])--?[a-z]+' | grep -oE -- '--?[a-z]+' | sort -u >"$dir/options"
if command -v mandoc >/dev/null; then
	plain "$dir/warpcore.1" >"$dir/1.txt"
	plain "$dir/warpcore-lua.3" >"$dir/3.txt"
	silent "warpcore(1) has every option" lacking "$dir/options" "$dir/1.txt"
	silent "warpcore-lua(3) has every function" lacking "$dir/synopses" "$dir/3.txt"
fi
silent "the HTML page has every function" lacking "$dir/anchors" "$dir/warpcore.html"
silent "the HTML page has every option" lacking "$dir/options" "$dir/warpcore.html"
[ "$(wc -l <"$dir/synopses")" -gt 100 ] && [ "$(wc -l <"$dir/options")" -gt 20 ]
result "the lists are not empty" $? ""

cat >"$dir/balance.lua" <<-'LUA'
	-- Every link has its target, every element its end.
	local path = ...
	local text = assert(io.open(path)):read "a"
	for target in text:gmatch 'href="#([^"]+)"' do
		if not text:find('id="' .. target .. '"', 1, true) then print("no target for " .. target) end
	end
	local open, void = {}, { br = true, meta = true }
	for close, name in text:gsub("<!DOCTYPE html>", ""):gsub("<style>.-</style>", ""):gmatch "<(/?)(%w+)[^>]*>" do
		if close == "/" then
			local last = table.remove(open)
			if last ~= name then print("</" .. name .. "> ends <" .. tostring(last) .. ">") end
		elseif not void[name] then
			open[#open + 1] = name
		end
	end
	if #open > 0 then print("not ended: " .. table.concat(open, " ")) end
LUA
silent "the HTML page is whole" "$warpcore" "$dir/balance.lua" "$dir/warpcore.html"
exit $failed
