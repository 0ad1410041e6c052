-- Calls of the guest (sim/guest/warpcore.h), one instruction at a time: what they do, count, and refuse.
local tap = dofile "tests/lua/tap.lua"
local json = dofile "tests/lua/json.lua"

local dir = os.tmpname()
os.remove(dir)
assert(os.execute(([[
  mkdir -p %s/shared/sub %s/outside && cd %s && echo secret >outside/secret && printf 0123456789 >shared/digits
  printf inner >shared/sub/file && ln -s ../outside shared/out && ln -s ../outside/secret shared/link
  ln -s digits shared/inside && ln -s nowhere shared/dangling && mkfifo shared/fifo && : >shared/empty
  truncate -s 300M shared/large && ln outside/secret shared/hard ]]):format(dir, dir, dir)))
local shared = dir .. "/shared"

local function content(name)
  local f <close> = assert(io.open(dir .. "/" .. name, "rb"))
  return f:read "a"
end

local function write(name, text)
  local f <close> = assert(io.open(dir .. "/" .. name, "wb"))
  f:write(text)
end

-- sim/guest/warpcore.h
local HELLO, EXIT, BEGIN, END, SET, ADD, SIZE, READ = 0, 1, 2, 3, 5, 6, 7, 8
local NO_CALL, FAULT, ADDRESS, BAD_NAME, NOT_FOUND, DENIED, LIMIT, NOT_NOW = -2, -3, -4, -5, -6, -7, -8, -9
local MARK = 0x57430000
local NAME, BUFFER, CODE = 0x2000, 0x8000, 0x1000

local function machine(options)
  local all = { cores = 1, semihost = shared }
  for key, value in pairs(options or {}) do all[key] = value end
  local m = tap.machine(all)
  m.cores[0]:map{ ea = 0, pa = 0, size = "16M" }
  m.cores[0]:assemble(CODE, "xoris r31,r31,0; here: b here")
  m.cores[0]:release(CODE)
  return m
end

-- Makes one call: status and result, and the event of its run.
local function call(m, number, name, more)
  local c = m.cores[0]
  more = more or {}
  if name then m.mem:set_bytes(NAME, name) end
  c.pc = CODE
  c.r[3] = MARK + number
  c.r[4], c.r[5] = more.ea or NAME, more.length or #(name or "")
  c.r[6], c.r[7] = more.buffer or BUFFER, more.size or 0
  c.r[8], c.r[9] = (more.number or 0) >> 32 & 0xffffffff, (more.number or 0) & 0xffffffff
  local ev = m:run{ insns = 1 }
  local status = c.r[3]
  return status < 0x80000000 and status or status - 0x100000000, c.r[4] << 32 | c.r[5], ev
end

local function read(m, name, offset, size)
  local status, count = call(m, READ, name, { number = offset, size = size })
  if status ~= 0 then return status end
  return m.mem:bytes(BUFFER, count)
end

tap.check("without the option the word does nothing and counts as one instruction", function()
  local m = machine{ semihost = false }
  local before = m.cores[0].insns
  tap.equal(call(m, HELLO), MARK + HELLO)
  tap.equal(call(m, EXIT), MARK + EXIT)
  tap.equal(call(m, READ, "digits", { size = 4 }), MARK + READ)
  tap.equal(m.cores[0].insns, before + 3)
  tap.equal(m.cores[0].pc, CODE + 4)
  tap.equal(m.log.guest_error, 0)
  tap.equal(m.options.semihost, nil)
end)

tap.check("without the mark in r3 it is no call", function()
  local m = machine()
  m.cores[0].r[3] = 1
  m.cores[0].r[31] = 0x12345678
  m:run{ insns = 1 }
  tap.equal(m.cores[0].r[3], 1)
  tap.equal(m.cores[0].r[31], 0x12345678)
  tap.equal(m.cores[0].pc, CODE + 4)
end)

tap.check("a call changes r3, r4 and r5, and nothing else", function()
  local m = machine()
  local c = m.cores[0]
  for i = 0, 31 do c.r[i] = 1000 + i end
  c.cr, c.lr, c.ctr = 0x12345678, 0x1234, 0x5678
  tap.equal(call(m, HELLO, nil, { ea = 4, length = 5, buffer = 1006, size = 1007, number = 1008 << 32 | 1009 }), 0)
  for i = 0, 31 do
    if i < 3 or i > 5 then tap.equal(c.r[i], 1000 + i) end
  end
  tap.equal(c.r[4] << 32 | c.r[5], 1)
  tap.equal(("%x %x %x"):format(c.cr, c.lr, c.ctr), "12345678 1234 5678")
end)

tap.check("an exit ends the run behind its instruction, with the guest's status", function()
  local m = machine()
  local status, _, ev = call(m, EXIT, nil, { number = 0x80000003 })
  tap.equal(status, 0)
  tap.equal(("%s %d %d"):format(ev.reason, ev.status, ev.core), "exit 2147483651 0")
  tap.equal(ev.time, m.cores[0].time)
  tap.equal(m.cores[0].pc, CODE + 4)
  tap.equal(m.cores[0].insns, 1)
  tap.equal(m:run{ insns = 1 }.reason, "insns") -- and it can go on
end)

tap.check("the counters of the core that asks are exact", function()
  local m = machine()
  local c = m.cores[0]
  m.mem:set_bytes(NAME, "core0.insnscore0.timecore0.cycles")
  local ask = "lis r3,0x5743; ori r3,r3,4; lis r4,0; ori r4,r4,0x%x; li r5,%d; xoris r31,r31,0; mr r%d,r5\n"
  c:assemble(CODE, ("nop; nop; nop\n" .. ask .. ask .. "nop; nop\n" .. ask .. ask .. "here: b here"):format(
    NAME, 11, 20, NAME + 11, 10, 21, NAME, 11, 22, NAME + 21, 12, 23))
  c.pc = CODE
  m:run{ insns = 33 }
  tap.equal(c.r[20], 8)             -- instructions retired before the call
  tap.equal(c.r[21], 15 * 5 // 2)   -- 2.5 ns each
  tap.equal(c.r[22], 24)
  tap.equal(c.r[23], 31)            -- one cycle each
end)

tap.check("statistics of the guest stand among the others", function()
  local m = machine()
  local s = m.stats:every("10us", { "guest.requests", "core0.insns" }, dir .. "/run.csv")
  m:run{ ["for"] = "15us" }
  tap.equal(call(m, SET, "guest.requests", { number = 40 }), 0)
  local status, sum = call(m, ADD, "guest.requests", { number = 2 })
  tap.equal(status, 0)
  tap.equal(sum, 42)
  m:run{ ["for"] = "10us" }
  tap.equal(m.stats:get "guest.requests", 42)
  assert(#m.stats:describe("guest.requests").description > 0)
  m.stats:write(dir .. "/s.json", dir .. "/s.csv", dir .. "/s.txt")
  tap.equal(json(content "s.json").stats["guest.requests"].value, 42)
  assert(content "s.csv":find("\n,guest.requests,42,", 1, true))
  assert(content "s.txt":find "\nguest.requests +42 ")
  tap.equal(s.rows[1][2], 0)
  tap.equal(s.rows[#s.rows][2], 42)
  s:cancel()
  assert(content "run.csv":find "\ntime,guest.requests,core0.insns\n10000,0,")
end)

tap.fails("a name that is none is not waited for", "no statistic matches 'guest.*'", function()
  machine().stats:every("1us", "guest.*")
end)

tap.check("64 statistics and regions, and no more", function()
  local m = machine()
  for i = 1, 64 do
    tap.equal(call(m, ADD, "guest.n" .. i, { number = i }), 0)
    tap.equal(call(m, BEGIN, "r" .. i), 0)
  end
  tap.equal(call(m, SET, "guest.one_more"), LIMIT)
  tap.equal(call(m, BEGIN, "one more"), LIMIT)
  tap.equal(call(m, ADD, "guest.n64", { number = 1 }), 0)
  tap.equal(m.stats:get "guest.n64", 65)
end)

tap.check("regions of the guest, with exact counts and times", function()
  local m = machine()
  for _ = 1, 3 do
    tap.equal(call(m, BEGIN, "work"), 0)
    m.cores[0].pc = CODE + 4
    m:run{ insns = 0 }
    m.cores[0]:assemble(0x3000, "nop; nop; nop; here: b here")
    m.cores[0].pc = 0x3000
    m:run{ insns = 3 }
    tap.equal(call(m, END, "work"), 0)
  end
  local region = m.stats.regions[1]
  tap.equal(region.count, 3)
  tap.equal(region.values["core0.insns"], 3 * 4) -- the beginning itself and three more
  tap.equal(region.time, 3 * 10)
  tap.equal(region.first, 0)
  tap.equal(region.last, 14 * 5 // 2)
  tap.equal(call(m, END, "work"), NOT_NOW)
  tap.equal(call(m, END, "never"), NOT_NOW)
  tap.equal(m.log.guest_error, 2)
end)

tap.check("m:at waits for the marks of a region", function()
  local m = machine()
  local seen = {}
  local h = m:at{ region = "w*", on = function(ev)
    seen[#seen + 1] = ("%s %s %d at %d"):format(ev.name, ev.edge, ev.core, ev.time)
  end }
  local last = m:at{ region = "work", edge = "end" }
  call(m, BEGIN, "other")
  call(m, BEGIN, "work")
  call(m, BEGIN, "work") -- refused: no mark
  local _, _, ev = call(m, END, "work")
  tap.equal(ev.reason, "break")
  tap.equal(ev.handle, last)
  tap.equal(m.cores[0].pc, CODE + 4) -- behind the call
  tap.equal(table.concat(seen, "; "), "work begin 0 at 2; work end 0 at 7")
  tap.equal(h.hits, 2)
  tap.equal(last.hits, 1)
  h:cancel()
  last:cancel()
  m:at{ region = "work", edge = "begin", on = function() m.cores[0].r[20] = 77 return "stop" end }
  _, _, ev = call(m, BEGIN, "work")
  tap.equal(ev.reason, "stop")
  tap.equal(m.cores[0].r[20], 77)
end)

tap.fails("m:at: an edge that there is not", "\"begin\", \"end\" or \"either\" is expected, got \"middle\"", function()
  machine():at{ region = "work", edge = "middle" }
end)

tap.check("files are read by name, offset and size", function()
  local m = machine()
  local status, size = call(m, SIZE, "digits")
  tap.equal(status, 0)
  tap.equal(size, 10)
  tap.equal(read(m, "digits", 3, 4), "3456")
  tap.equal(read(m, "digits", 8, 100), "89")
  tap.equal(read(m, "digits", 10, 100), "")
  tap.equal(read(m, "digits", -1, 100), "") -- 2^64 - 1
  tap.equal(read(m, "sub/file", 0, 100), "inner")
  tap.equal(read(m, "empty", 0, 100), "")
  tap.equal(read(m, "hard", 0, 100), "secret\n") -- a name of its own in the directory
end)

-- What the guest must not reach: one error code, and a line of the log.
local refused = {
  { "/etc/passwd", DENIED, "absolute" }, { shared .. "/digits", DENIED, "absolute" },
  { "..", DENIED, "out of the shared" }, { "../outside/secret", DENIED, "out of the shared" },
  { "sub/../digits", DENIED, "out of the shared" }, { "./digits", DENIED, "out of the shared" },
  { "sub/..", DENIED, "out of the shared" },
  { "link", DENIED, "\"link\" is a link" }, { "out/secret", DENIED, "\"out\" is a link" },
  { "inside", DENIED, "\"inside\" is a link" }, { "dangling", DENIED, "is a link" },
  { "fifo", DENIED, "not a regular file" }, { "sub", DENIED, "not a regular file" },
  { "large", LIMIT, "256 MiB" }, { "missing", NOT_FOUND, "No such file" }, { "digits/x", NOT_FOUND, "Not a directory" },
  { "sub/", BAD_NAME, "without empty parts" }, { "sub//file", BAD_NAME, "without empty parts" },
  { "", BAD_NAME, "a name of 0 bytes" }, { ("x"):rep(256), BAD_NAME, "a name of 256 bytes" },
  { "a\0b", BAD_NAME, "not printable" }, { "a\nb", BAD_NAME, "not printable" },
  { "\xc3\xa9", BAD_NAME, "not printable" },
}

tap.check("nothing outside of the directory, nothing but regular files", function()
  local m = machine()
  for i, case in ipairs(refused) do
    local got = read(m, case[1], 0, 100)
    if got ~= case[2] then error(("%q: got %s, wanted %d"):format(case[1], got, case[2])) end
    tap.equal((call(m, SIZE, case[1])), case[2])
    tap.equal(m.log.guest_error, 2 * i)
  end
  tap.equal(#m.guest_files, 0)
end)

tap.check("each refusal is a line of the log that says why", function()
  write("log.lua", [[
    local cases = dofile(arg[1])
    local m = warpcore.machine{ board = "dts/ppce500.dts", cores = 1, semihost = arg[2], log = "guest_error" }
    local c = m.cores[0]
    c:map{ ea = 0, pa = 0, size = "16M" }
    c:assemble(0x1000, "xoris r31,r31,0")
    c:release(0x1000)
    for _, name in ipairs(cases) do
      m.mem:set_bytes(0x2000, name)
      c.pc, c.r[3], c.r[4], c.r[5] = 0x1000, 0x57430007, 0x2000, #name
      m:run{ insns = 1 }
    end]])
  local names = {}
  for i, case in ipairs(refused) do names[i] = ("%q"):format(case[1]) end
  write("cases.lua", "return {" .. table.concat(names, ",") .. "}")
  local program = os.getenv "WARPCORE" or "build/warpcore"
  local pipe = io.popen(("%s %s/log.lua %s/cases.lua %s 2>&1"):format(program, dir, dir, shared))
  local i = 0
  for line in pipe:lines() do
    i = i + 1
    assert(line:find("^guest_error: core 0: semihosting at 0x00001000: "), line)
    assert(line:find(refused[i][3], 1, true), line)
  end
  pipe:close()
  tap.equal(i, #refused)
end)

tap.check("a device is no regular file", function()
  if not os.execute("mknod " .. shared .. "/zero c 1 5 2>/dev/null") then return end -- needs root
  tap.equal(read(machine(), "zero", 0, 100), DENIED)
end)

tap.check("without a directory there are no files, but all the rest", function()
  local m = machine{ semihost = true }
  tap.equal(call(m, SIZE, "digits"), DENIED)
  tap.equal(call(m, BEGIN, "work"), 0)
  tap.equal(m.options.semihost, true)
  tap.equal(#m.guest_files, 0)
end)

tap.check("a run sees one state of a file, and the manifest names it", function()
  write("shared/changing", "before")
  local m = machine()
  tap.equal(read(m, "changing", 0, 100), "before")
  tap.equal(read(m, "later", 0, 100), NOT_FOUND)
  write("shared/changing", "after that")
  write("shared/later", "x")
  tap.equal(read(m, "changing", 0, 100), "before")
  tap.equal(read(m, "later", 0, 100), NOT_FOUND)
  tap.equal(read(machine(), "changing", 0, 100), "after that")
  tap.equal(#m.guest_files, 1)
  local sum = io.popen("printf before | sha256sum"):read "a":match "^%x+"
  tap.equal(m.guest_files[1].sha256, sum)
  m.stats:write(dir .. "/m.json")
  tap.equal(json(content "m.json").manifest.guest_files.changing, sum)
  os.remove(shared .. "/later")
end)

tap.check("bad addresses are errors of the call, with nothing done", function()
  local m = machine()
  local status, where = call(m, SIZE, nil, { ea = 0x7ffff000, length = 6 })
  tap.equal(status, FAULT)
  tap.equal(where, 0x7ffff000)
  status, where = call(m, READ, "digits", { buffer = 0x70000010, size = 4 })
  tap.equal(status, FAULT)
  tap.equal(where, 1 << 32 | 0x70000010)
  m.cores[0]:map{ ea = 0xe0000000, pa = 0xfe0000000, size = "1M", index = 5 }
  tap.equal(call(m, READ, "digits", { buffer = 0xe0004500, size = 4 }), ADDRESS)
  tap.equal(call(m, SIZE, nil, { ea = 0xe0004500, length = 4 }), ADDRESS)
  tap.equal(call(m, 9), NO_CALL)
  tap.equal(call(m, 0xffff), NO_CALL)
end)

tap.check("a read stops at a page that is not mapped, and goes on there", function()
  write("shared/long", ("0123456789abcdef"):rep(1024))
  local m = machine()
  local status, count = call(m, READ, "long", { buffer = 0x1000000 - 0x1800, size = 0x4000 })
  tap.equal(status, 0)
  tap.equal(count, 0x1800)
  tap.equal(call(m, READ, "long", { buffer = 0x1000000, size = 0x2800, number = 0x1800 }), FAULT)
end)

tap.check("a file that is read over code is what runs then", function()
  write("shared/code", "\x38\x60\x00\x2a\x48\x00\x00\x00") -- li r3,42; b .
  local m = machine()
  m.cores[0]:assemble(0x3000, "li r3,1; here: b here")
  m.cores[0].pc = 0x3000
  m:run{ insns = 2 }
  tap.equal(call(m, READ, "code", { buffer = 0x3000, size = 8 }), 0)
  m.cores[0].pc = 0x3000
  m:run{ insns = 2 }
  tap.equal(m.cores[0].r[3], 42)
end)

tap.check("the values of the guest's statistics are part of its state", function()
  local function digest(value)
    local m = machine()
    call(m, SET, "guest.x", { number = value })
    for i = 3, 9 do m.cores[0].r[i] = 0 end
    return m:digest()
  end
  tap.equal(digest(1), digest(1))
  assert(digest(1) ~= digest(2))
end)

tap.check("a recording knows the files; a replay wants the same", function()
  local function session(options)
    local m = machine(options)
    local got = read(m, "changing", 0, 100)
    read(m, "later", 0, 1)
    m:run{ ["for"] = "10us" }
    m:close()
    return got
  end
  write("shared/changing", "recorded")
  session{ record = dir .. "/log" }
  assert(content "log":find "\n%d+ %d+ file \"changing\" %x+\n%d+ %d+ file \"later\" none\n")
  tap.equal(session{ replay = dir .. "/log" }, "recorded")
  write("shared/changing", "tampered")
  local m = machine{ replay = dir .. "/log" }
  local _, _, ev = call(m, READ, "changing", { size = 10 })
  tap.equal(ev.reason, "error")
  assert(ev.text:find "log:5: the replay diverges: the file \"changing\" was recorded with SHA%-256 %x+, here .* %x+$",
    ev.text)
  write("shared/changing", "recorded")
  m = machine{ replay = dir .. "/log" }
  _, _, ev = call(m, READ, "digits", { size = 10 })
  assert(ev.text:find "asks for the file \"digits\", in the recording it did not", ev.text)
end)

tap.fails("semihost: neither true nor a directory", "semihost", function() tap.machine{ semihost = 3 } end)
tap.fails("semihost: no name", "the name of a directory is expected, or true", function()
  tap.machine{ semihost = "" }
end)
tap.check("semihost: a directory that is none", function()
  local ok, text = pcall(tap.machine, { semihost = shared .. "/digits" })
  assert(not ok and text:find("semihost: " .. shared .. "/digits: Not a directory", 1, true), text)
end)

os.execute("rm -r " .. dir)
tap.done()
