-- Two runs of a script do the same: no host time, no unseeded randomness, no order that depends on host addresses.
-- What a script wants of the host it asks warpcore.host for, and the run is marked.
local internal = ...

local next, type, sort = next, type, table.sort
local rank = { boolean = 1, number = 2, string = 3 }

local function before(a, b)
  local ra, rb = rank[type(a)], rank[type(b)]
  if ra ~= rb then return ra < rb end
  if ra == 1 then return not a and b end
  return a < b
end

-- pairs() in order of the keys: Lua's own order of strings differs from run to run (its hash is seeded by addresses).
-- Keys that have no order (tables, functions) come last, as `next` gives them.
local raw_pairs = pairs
function pairs(object)
  local meta = getmetatable(object)
  if type(object) ~= "table" or (type(meta) == "table" and rawget(meta, "__pairs")) then return raw_pairs(object) end
  local keys, loose = {}, {}
  for key in next, object do
    if rank[type(key)] then keys[#keys + 1] = key else loose[#loose + 1] = key end
  end
  sort(keys, before)
  table.move(loose, 1, #loose, #keys + 1, keys)
  local i = 0
  return function()
    local value
    repeat
      i = i + 1
      value = keys[i] ~= nil and rawget(object, keys[i])
    until value ~= nil or keys[i] == nil
    if keys[i] ~= nil then return keys[i], value end
  end, object, nil
end

local seed = math.randomseed
function math.randomseed(...)
  if select("#", ...) == 0 then
    internal.fail(nil, "math.randomseed() without a seed would differ from run to run; give it a number")
  end
  return seed(...)
end
seed(1)

local date, time, exit = os.date, os.time, os.exit

function os.time(when)
  if when == nil then
    internal.fail(nil, "scripts see no host time; ask warpcore.host.date() for it, which marks the run")
  end
  return time(when)
end

function os.date(format, when)
  if when == nil then
    internal.fail(nil, "scripts see no host time; give os.date a time, as warpcore.host.date() does")
  end
  return date(format, when)
end

function os.clock()
  internal.fail(nil, "scripts see no host time; ask warpcore.host.time() for it, which marks the run")
end

-- Leaves through the end of every machine, so that files are complete.
function os.exit(code, close)
  if close ~= false then internal.leave() end
  exit(code, close ~= false)
end
