-- The Book-E watchdog under Linux: kept quiet it does nothing, left alone it resets.
local tap = dofile "tests/lua/tap.lua"
local session = dofile "tests/linux/session.lua"

-- The period is a bit of the time base: 2^31 ticks of 400 MHz from one time-out to the next, 5.4 s; the third one
-- resets. The kernel's default (bit 38) is under a second at this time base; its driver makes "at once" of that.
local append = "console=ttyS0 booke_wdt.booke_wdt_period=33"
local period = (1 << 31) * 1000000000 // 400000000

for _, core in ipairs{ "e500mc", "e500v2" } do
  local s = session.boot(core, 1, { append = append })
  tap.check(core .. ": a watchdog that is served lets the machine live", function()
    s:ok "watchdog -t 2 -T 10 /dev/watchdog"
    tap.equal(s:ok "sleep 120; echo alive", "alive")
  end)
  tap.check(core .. ": one that is not resets it, not before its time", function()
    local before = s.machine.now
    local ev = s:last("killall -STOP watchdog; cat", "300s")
    tap.equal(ev.reason, "reset")
    local passed = ev.time - before -- since the last service, up to 2 s more
    assert(passed > 2 * period - 2000000000 and passed <= 3 * period, ("after %d ns"):format(passed))
  end)
  tap.check(core .. ": no complaint from the kernel", function() tap.equal(s:complaint(), nil) end)
end
tap.done()
