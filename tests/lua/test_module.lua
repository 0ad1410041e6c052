-- The module, strict names, order and time as scripts see them.
local tap = dofile "tests/lua/tap.lua"

tap.check("version, options, classes", function()
  assert(warpcore.version:match "^%d+%.%d+%.%d+")
  tap.equal(next(warpcore.options), nil)
  assert(warpcore.classes.machine.members.run)
  tap.equal(arg[0], "tests/lua/test_module.lua")
end)

tap.fails("an undefined global", "undefined global 'colour'", function() return colour end)
tap.fails("a misspelt global", "did you mean 'print'", function() return pritn end)
tap.fails("an unknown function of the module", "did you mean 'machine'", function() warpcore.machien{} end)
tap.fails("writing into the module", "can only be read", function() warpcore.version = 1 end)
tap.check("an assigned global can be read", function()
  assigned = 3
  tap.equal(assigned, 3)
end)

tap.check("pairs visits keys in order", function()
  local keys = {}
  for key in pairs{ zebra = 1, apple = 1, [3] = 1, [1] = 1, [2.5] = 1, [true] = 1, mango = 1 } do
    keys[#keys + 1] = tostring(key)
  end
  tap.equal(table.concat(keys, " "), "true 1 2.5 3 apple mango zebra")
end)

tap.check("pairs goes on when entries are taken away, and honours __pairs", function()
  local t, n = { a = 1, b = 2, c = 3, d = false }, 0
  for key, value in pairs(t) do
    n = n + 1
    t[key] = nil
    if key == "a" then t.b = nil end
    assert(value ~= nil)
  end
  tap.equal(n, 3)
  local own = setmetatable({}, { __pairs = function() return function(_, k) if not k then return "own", 1 end end end })
  for key in pairs(own) do tap.equal(key, "own") end
end)

tap.fails("the host's time", "warpcore.host.date()", function() return os.time() end)
tap.fails("the host's date", "scripts see no host time", function() return os.date() end)
tap.fails("the host's clock", "warpcore.host.time()", function() return os.clock() end)
tap.fails("unseeded randomness", "give it a number", function() math.randomseed() end)

tap.check("times that a script gives are no host time", function()
  tap.equal(os.date("!%Y-%m-%d", 0), "1970-01-01")
  assert(os.time{ year = 2020, month = 1, day = 1 })
  math.randomseed(7)
  local a = math.random(1000000)
  math.randomseed(7)
  tap.equal(math.random(1000000), a)
end)

tap.check("asking for the host's time marks the run", function()
  tap.equal(warpcore.deterministic, true)
  assert(warpcore.host.time() > 0)
  tap.equal(warpcore.deterministic, false)
  assert(warpcore.host.date() > 1500000000)
end)

tap.fails("an unknown thing of the host", "did you mean 'time'", function() return warpcore.host.tiem end)
tap.fails("the metatable of an object", "no metatable to change", function() error(getmetatable(warpcore)) end)

tap.done()
