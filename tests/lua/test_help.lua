-- Each member of each class has its help, its example runs, and a test names it.
local tap = dofile "tests/lua/tap.lua"

local classes = warpcore.classes

local function each(fn)
  for _, class in pairs(classes) do
    for name, record in pairs(class.members) do fn(class, name, record) end
  end
end

tap.check("every member has a complete help", function()
  local lacking = {}
  each(function(class, name, record)
    for _, key in ipairs { "synopsis", "text", "returns", "errors", "example" } do
      if type(record[key]) ~= "string" or record[key] == "" then
        lacking[#lacking + 1] = class.name .. "." .. name .. ": " .. key
      end
    end
    -- What takes arguments says which: the synopsis has something between its parentheses.
    if record.call and record.synopsis:find "[%({]%s*[%w%[]" and not record.arguments then
      lacking[#lacking + 1] = class.name .. "." .. name .. ": arguments"
    end
    if not record.synopsis:find(name, 1, true) then
      lacking[#lacking + 1] = class.name .. "." .. name .. ": name in synopsis"
    end
  end)
  assert(#lacking == 0, table.concat(lacking, "\n"))
end)

each(function(class, name, record)
  tap.check(("the example of %s.%s runs"):format(class.name, name), function()
    local m = tap.uboot_machine()
    local environment = setmetatable({ m = m }, { __index = _G })
    assert(load(record.example, "=example", "t", environment))()
    if not m.closed then m:close() end
  end)
end)

tap.check("a test names every member", function()
  local text = ""
  for file in io.popen("ls tests/*/test_*.lua"):lines() do
    local f <close> = assert(io.open(file))
    text = text .. f:read "a"
  end
  local lacking = {}
  each(function(class, name)
    if not text:find("[%.:\"]" .. name .. "%f[^%w_]") then lacking[#lacking + 1] = class.name .. "." .. name end
  end)
  assert(#lacking == 0, "no test for " .. table.concat(lacking, ", "))
end)

tap.check("help() lists every class", function()
  for name in pairs(classes) do assert(help():find("  " .. name, 1, true), name) end
end)

tap.check("help(object) and help(function) give their pages", function()
  local m = tap.machine()
  assert(help(m.warp):find "m%.warp:log")
  assert(help(m.run):find "until_time")
  assert(help(m):find "m:run")
  assert(help(warpcore.machine):find "board")
end)

tap.check("help \"word\" finds names, mentions and near misses", function()
  assert(help "machine.run":find "until_time")
  assert(help "digest":find "m:digest%(%)")
  assert(help "spin table":find "core:release")
  assert(help "semihost":find "^NAME\n  semihost %- calls")
  assert(help "digets":find "did you mean 'digest'")
end)

-- The strings of a C source, taken from the source itself.
local function words_in(pattern, file_pattern)
  local list = {}
  for file in io.popen("ls " .. file_pattern):lines() do
    local f <close> = assert(io.open(file))
    for words in f:read "a":gmatch(pattern) do
      for word in words:gmatch '"([^"]+)"' do list[#list + 1] = word end
    end
  end
  return list
end

tap.check("every instruction has a page: encoding, operands, timing, cores", function()
  local mnemonics = words_in('ISA_INSN%([%w_]+, ("[^"]+")', "sim/isa/insns_*.def")
  assert(#mnemonics > 200, #mnemonics)
  for _, mnemonic in ipairs(mnemonics) do
    local text = help(mnemonic)
    assert(text:find("form [IBSDXLFOAMEVC]+: %d+ 0%-5"), mnemonic .. ": " .. text)
    assert(text:find "cores: e500.*privilege: %a+.*timing: %a", mnemonic)
  end
end)

tap.check("every short form has a page, which leads to the instruction", function()
  local words = {}
  for line in io.lines "sim/isa/short.def" do words[#words + 1] = line:match "^ISA_SHORT%((%w+)" end
  assert(#words > 150, #words)
  for _, word in ipairs(words) do
    -- The page of an instruction goes before that of the short form of its name.
    local text = help(word)
    assert(text:find("^" .. word .. ".*short for  %l+.*form ") or text:find "form ", word)
  end
  assert(help "li":find("li A,B  short for  addi A,0,B", 1, true))
end)

tap.check("every device has a page by each of its compatible strings", function()
  local names = words_in("compatible%[%] = (%b{})", "soc/device/*.c")
  assert(#names > 15, #names)
  for _, name in ipairs(names) do
    local text = help(name)
    assert(text:find "^NAME\n" and text:find "\nBINDING\n", name .. ": " .. text)
  end
  assert(help "fsl,mpic":find "\nREGISTERS.*IACK")
end)

tap.check("every special purpose register has a page", function()
  local f <close> = assert(io.open "sim/core/spr.def")
  local n = 0
  for _, number, name in f:read "a":gsub("SPR_BITS", "SPR bits"):gmatch "\nSPR_(%u+)%((%d+), (%w+)," do
    n = n + 1
    assert(help(name):find(("%s: special purpose register %s\n"):format(name, number), 1, true), help(name))
  end
  assert(n > 100, n)
  assert(help "pvr":find "can be read$" and help "TBWL":find "can be written\n")
end)

tap.check("a search finds beginnings of words in devices and instructions too", function()
  assert(help "rotate":find "rlwinm +rotate left word immediate")
  assert(help "interrupt controller":find "fsl,mpic +MPIC interrupt controller")
  assert(help "serial":find "ns16550 ")
  assert(help "timer":find "^timer: .*Mentioned in:.*m:timer{.*m%.timers")
  assert(not help "lis":find "list of") -- a mnemonic is no beginning of a word
end)

tap.check("a path leads to its page", function()
  for word, found in pairs{
    ["m:run"] = "^m:run{", ["m.warp.count"] = "^m.warp.count %->", ["m.device:define"] = "^m.device:define{",
    ["machine:at"] = "^m:at{", ["core.pc"] = "^core.pc %->", m = "^machine: ", ["warpcore.sweep"] = "^warpcore.sweep{",
  } do
    assert(help(word):find(found), word)
  end
end)

tap.check("no line of a page is wider than 100 columns, but for long synopses", function()
  for name in pairs(classes) do
    for line in help(name):gmatch "[^\n]+" do
      assert(#line <= 100 or line:find "^  %S.*%->", line)
    end
  end
end)

tap.fails("help of a thing that is not Warpcore's", "none of Warpcore's", function() help(print) end)
tap.fails("help of a number", "help: an object", function() help(3) end)

tap.done()
