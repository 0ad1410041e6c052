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

tap.fails("help of a thing that is not Warpcore's", "none of Warpcore's", function() help(print) end)
tap.fails("help of a number", "help: an object", function() help(3) end)

tap.done()
