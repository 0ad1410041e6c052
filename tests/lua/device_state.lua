-- Devices in Lua: saved at random moments, restored into the same machine and into a fresh one, what comes after is the
-- same. tests/lua/test_device_state.c runs it, with save(m), restore(m) and seed.
local tap = dofile "tests/lua/tap.lua"
local models = dofile "lua/examples/lua-device-models.lua"
local save, restore, seed = rawget(_G, "save"), rawget(_G, "restore"), rawget(_G, "seed")

math.randomseed(seed)
print("seed " .. seed)

local function board(define)
  local m = tap.machine{ board = "lua/examples/lua-device.dts", cores = 1 }
  define(m)
  return m
end

-- The guest of lua/examples/lua-device.lua, without an end: rings the alarm, takes a number, starts again.
local function start(m)
  local c = m.cores[0]
  c:map{ ea = 0, pa = 0, size = "16M", index = 0 }
  c:map{ ea = 0xe0000000, pa = 0xfe0000000, size = "1M", index = 1 }
  c.spr.IVPR = 0
  c.spr.IVOR4 = 0x500
  c:assemble(0x1000, [[
    lis r4,0xe00f; ori r5,r4,0x1000; lis r6,0xe006; lis r7,0xe005; ori r7,r7,0x0640
    lis r3,0x00c8; ori r3,r3,50; stw r3,0(r7); li r3,1; stw r3,16(r7); li r3,0; stw r3,0x80(r6)
    li r9,0x4000; li r3,1234; stw r3,4(r4); li r3,3000; stw r3,4(r5); wrteei 1
    sleep: b sleep
  ]])
  c:assemble(0x500, [[
    lwz r10,0xa0(r6); lwz r11,0(r5); lwz r12,0(r4); stw r11,0(r9); stw r12,4(r9); addi r9,r9,8
    stw r3,8(r5); li r3,0; stw r3,0xb0(r6); li r3,3000; stw r3,4(r5); rfi
  ]])
  c:release(0x1000)
end

local function finish(m)
  m:run{ until_time = "200us" }
  return table.concat({ m:digest(), m.insns, m.now, m.warp.count, m.warp.total, m.warp.longest }, " ")
end

local function moments(define, n)
  for _ = 1, n do
    local moment = math.random(1, 150000)
    local m, fresh = board(define), board(define)
    start(m)
    m:run{ until_time = moment }
    assert(save(m))
    local want = finish(m)
    assert(restore(m))
    tap.equal(finish(m), want, "the same machine, saved at " .. moment)
    assert(restore(fresh))
    tap.equal(finish(fresh), want, "a fresh machine, saved at " .. moment)
    m:close()
    fresh:close()
  end
end

tap.check("the example's models go on", function() moments(models, 40) end)

tap.check("a model's own memory, and a periodic timer", function()
  moments(function(m)
    local rung = 0
    local function tick(device)
      device:timer{ every = "7us", name = "tick", on = function()
        rung = rung + 1
        device.state.sum = (device.state.sum or 0) * 31 + rung & 0xffffffff
      end }
    end
    m.device:define{
      compatible = "acme,random", registers = { [0] = { name = "data" }, [4] = { name = "seed" } }, create = tick,
      save = function() return rung end,
      restore = function(device, saved) rung = saved tick(device) end,
    }
    m.device:define{ compatible = "acme,stopwatch", read = function() return rung end }
  end, 20)
end)

local function refused(m, call, text)
  local good, why = call(m)
  assert(not good, "it was not refused")
  assert(why:find(text, 1, true), why)
end

local function nothing() end

tap.check("a pending timer that nobody makes again is refused, and the machine is as before", function()
  local m = board(function(m)
    m.device:define{ compatible = "acme,random", create = function(device)
      device:timer{ after = "1ms", name = "lost", on = nothing }
      device.state.x = 1
    end }
  end)
  assert(save(m))
  local before = m:digest()
  refused(m, restore, "/soc@fe0000000/random@f0000: its timer \"lost\" was pending")
  tap.equal(m:digest(), before)
end)

tap.check("two timers of one name, values that are no data, errors and interrupts in a model's functions are refused",
  function()
    local function with(more)
      return board(function(m)
        more.compatible = "acme,random"
        m.device:define(more)
      end)
    end
    refused(with{ create = function(device)
      for _ = 1, 2 do device:timer{ after = "1ms", name = "twin", on = nothing } end
    end }, save, "two of its timers are pending under the name \"twin\"")
    refused(with{ save = function() return nothing end }, save, "a function cannot be a result")
    refused(with{ save = function() error "no memory of it" end }, save, "no memory of it")
    local m = with{ restore = function(device) device:irq(true) end }
    assert(save(m))
    refused(m, restore, "not while a state is restored")
  end)

assert(tap.failed == 0, tap.failed .. " failed")
