-- The virtio devices under Linux: disks (written in place, read only, with an overlay), entropy, the hvc0 console.
--   usage: warpcore tests/linux/test_disk.lua [brief]     brief: each machine once
local tap = dofile "tests/lua/tap.lua"
local json = dofile "tests/lua/json.lua"
local session = dofile "tests/linux/session.lua"
local brief = arg[1] == "brief"

-- On the host.

local function host(command)
  local pipe = assert(io.popen(command .. " 2>&1"))
  local output = pipe:read "a"
  local ok, _, status = pipe:close()
  return output, ok and 0 or status
end

local function host_ok(command)
  local output, status = host(command)
  if status ~= 0 then error(("`%s` left %d and printed: %s"):format(command, status, output), 2) end
  return (output:gsub("\n$", ""))
end

local dir = host_ok "mktemp -d"
local e2fs = "PATH=$PATH:/sbin:/usr/sbin "

-- An empty file system, the same in every run.
local pristine = dir .. "/pristine.img"
host_ok(("truncate -s 16M %s && E2FSPROGS_FAKE_TIME=1577836800 %s mke2fs -q -t ext4 -U %s -E hash_seed=%s %s"):format(
  pristine, e2fs, "11111111-2222-3333-4444-555555555555", "66666666-7777-8888-9999-000000000000", pristine))

local function image(name)
  host_ok(("cp --sparse=always %s %s/%s"):format(pristine, dir, name))
  return dir .. "/" .. name
end

-- What e2fsck says of an image; 0 is clean.
local function check_image(path)
  local output, status = host(e2fs .. "e2fsck -fn " .. path)
  if status ~= 0 then error(("e2fsck left %d: %s"):format(status, output), 2) end
end

local function sha256_in_image(path, file)
  return host_ok(("%s debugfs -R 'cat %s' %s 2>/dev/null | sha256sum"):format(e2fs, file, path)):match "%x+"
end

-- In the guest. 300000 bytes of busybox are what is written.

local function write_file(s)
  s:ok "head -c 300000 /bin/busybox >/mnt/file && mkdir /mnt/dir && echo hello >/mnt/dir/text && sync"
  return s:ok("sha256sum /mnt/file"):match "%x+"
end

local function check_writing(s, name, path)
  local wanted = s:ok("head -c 300000 /bin/busybox | sha256sum"):match "%x+"
  tap.check(name .. "a file is written, synced, and there after another mount", function()
    s:ok "mkdir -p /mnt && mount /dev/vda /mnt"
    tap.equal(write_file(s), wanted)
    s:ok "umount /mnt && mount /dev/vda /mnt && echo 3 >/proc/sys/vm/drop_caches"
    tap.equal(s:ok("sha256sum /mnt/file"):match "%x+", wanted)
    tap.equal(s:ok "cat /mnt/dir/text", "hello")
    s:ok "umount /mnt"
    assert(s.machine.stats:get "disk0.reads" > 0 and s.machine.stats:get "disk0.writes" > 0)
    assert(s.machine.stats:get "disk0.flushes" > 0, "sync and umount have flushed nothing")
  end)
  tap.check(name .. "the host finds a clean file system with that file", function()
    check_image(path)
    tap.equal(sha256_in_image(path, "/file"), wanted)
    tap.equal(sha256_in_image(path, "/dir/text"), host_ok("echo hello | sha256sum"):match "%x+")
  end)
end

local function check_read_only(s, name)
  tap.check(name .. "a read-only disk can be mounted and read, not written", function()
    tap.equal(s:ok "cat /sys/block/vdb/ro", "1")
    s:ok "mount -o ro /dev/vdb /mnt && ls /mnt/lost+found"
    local _, status = s:run "mount -o remount,rw /mnt && echo >/mnt/x"
    assert(status ~= 0, "it was written")
    s:ok "umount /mnt"
    _, status = s:run "dd if=/dev/zero of=/dev/vdb bs=4k count=1 conv=fsync 2>/dev/null"
    assert(status ~= 0, "it was written")
  end)
end

local function check_overlay(s, name, path)
  tap.check(name .. "an overlay takes the writes, the image stays as it was", function()
    s:ok "mount /dev/vdc /mnt"
    write_file(s)
    s:ok "umount /mnt"
    host_ok(("cmp %s %s"):format(pristine, path))
    check_image(path)
  end)
end

local function check_entropy(s, name)
  tap.check(name .. "/dev/hwrng gives bytes of the virtio device", function()
    tap.equal(s:ok "cat /sys/class/misc/hw_random/rng_current", "virtio_rng.0")
    local bytes = s:ok "head -c 32 /dev/hwrng | hexdump -v -e '1/1 \"%02x\"'"
    assert(#bytes == 64 and bytes ~= ("00"):rep(32), bytes)
    s.hwrng = bytes
    s.random = s:ok "head -c 32 /dev/random | hexdump -v -e '1/1 \"%02x\"'"
  end)
end

local function check_console(s, name)
  local hvc = s.machine.uart[#s.machine.uart - 1]
  tap.check(name .. "hvc0 carries both ways", function()
    s:ok "stty -F /dev/hvc0 -echo; echo over there >/dev/hvc0"
    hvc:expect("over there", { timeout = "1s" })
    s.console:send "read line </dev/hvc0; echo \"<$line>\"\n"
    s.machine:run{ ["for"] = "200ms" }
    hvc:send "and back\n"
    s.console:expect("<and back>", { timeout = "1s" })
    s.console:expect("/ # ", { timeout = "1s" })
  end)
end

-- Its own option says that a file is to be written: that has the digests of the beginning.
local function check_manifest(s, name, disk)
  tap.check(name .. "a manifest tells what the disks were", function()
    local function sum(path) return host_ok("sha256sum " .. path):match "%x+" end
    s.machine.stats:write(dir .. "/stats.json")
    local files = json(assert(io.open(dir .. "/stats.json")):read "a").manifest.files
    local early = s.machine.options.stats ~= nil
    tap.equal(files.disk0.sha256, sum(early and pristine or disk))
    tap.equal(files.disk0.written, not early or nil)
    tap.equal(files.disk1.sha256, sum(pristine))
    tap.equal(files.disk1.written, nil)
    tap.equal(files.disk2.sha256, sum(pristine))
    tap.equal(files.disk2.written, nil)
    local overlay = files["disk2.overlay"]
    assert(early == (overlay.sha256 ~= sum(dir .. "/disk.cow")))
    tap.equal(overlay.written, not early or nil)
  end)
end

-- One machine with all of the devices, to its power-off; what it was at the end.
local function run(core, cores, seed, stats)
  local name = ("%s, %d cores: "):format(core, cores)
  local disk, read, base = image "disk.img", image "read.img", image "base.img"
  os.remove(dir .. "/disk.cow")
  local s = session.boot(core, cores, {
    disks = { disk, { file = read, readonly = true }, { file = base, overlay = dir .. "/disk.cow" } },
    entropy = true, console = true, seed = seed, stats = stats,
  })
  check_writing(s, name, disk)
  check_read_only(s, name)
  check_overlay(s, name, base)
  check_entropy(s, name)
  check_console(s, name)
  check_manifest(s, name, disk)
  local ev = s:last "poweroff -f"
  tap.check(name .. "no complaint from the kernel, nor from the host", function()
    tap.equal(ev.reason, "poweroff")
    tap.equal(s:complaint(), nil)
    tap.equal(s.machine.log.host_error, 0)
  end)
  local result = {
    digest = ("%d instructions, %s"):format(s.machine.insns, s.machine:digest()),
    images = host_ok(("cat %s %s/disk.cow | sha256sum"):format(disk, dir)), hwrng = s.hwrng, random = s.random,
  }
  s.machine:close()
  return result
end

local first = run("e500mc", 2, 11)
if not brief then
  local second = run("e500mc", 2, 11)
  tap.check("the same again: digest, images, random bytes", function()
    for key, value in pairs(first) do tap.equal(second[key], value) end
  end)
  tap.check("another seed, other random bytes", function()
    local s = session.boot("e500mc", 1, { entropy = true, seed = 12 })
    check_entropy(s, "seed 12: ")
    assert(s.hwrng ~= first.hwrng and s.random ~= first.random)
  end)
  run("e500v2", 1, 11, dir .. "/end.json")
end

tap.check("an overlay is there again in the next run, and read only", function()
  local s = session.boot("e500mc", 1, { disks = { { file = dir .. "/base.img", overlay = dir .. "/disk.cow" } } })
  s:ok "mkdir -p /mnt && mount -o ro /dev/vda /mnt && cat /mnt/dir/text && cmp -n 300000 /mnt/file /bin/busybox"
end)

-- Runs a script in a process of its own, behind `before` in its shell; with IMAGE, it has a guest `s` with that disk.
local function child(before, code, path)
  local script = dir .. "/child.lua"
  local file = assert(io.open(script, "w"))
  file:write(([[
    local s = dofile("tests/linux/session.lua").boot("e500mc", 1, { disks = { %q } })
  ]]):format(path), code)
  file:close()
  return host(("%s; exec %s %s"):format(before, os.getenv "WARPCORE" or "build/warpcore", script))
end

tap.check("after sync in the guest, all is in the image when the simulator is killed", function()
  local path = image "killed.img"
  local output, status = child("true", [[
    s:ok "mkdir -p /mnt && mount /dev/vda /mnt && head -c 300000 /bin/busybox >/mnt/file && sync"
    print(s:ok "sha256sum /mnt/file")
    io.stdout:flush()
    os.execute "kill -9 $PPID"
  ]], path)
  local wanted = output:match "(%x+)  /mnt/file"
  assert(status == 9 and wanted, output)
  -- The journal says what was being done; then the file system is clean.
  local text, repaired = host(e2fs .. "e2fsck -fy " .. path)
  assert(repaired <= 1 and text:find "recovering journal", text)
  check_image(path)
  tap.equal(sha256_in_image(path, "/file"), wanted)
end)

tap.check("a host that takes no more: an I/O error to the guest, a line for the user, and the run goes on", function()
  local path = dir .. "/full.img"
  host_ok("truncate -s 16M " .. path)
  local output = child("ulimit -f 8192", [[ -- blocks of 1 KiB
    local _, inside = s:run "dd if=/dev/zero of=/dev/vda bs=64k count=16 conv=fsync"
    local _, outside = s:run "dd if=/dev/zero of=/dev/vda bs=64k count=16 seek=144 conv=fsync"
    print(("inside %d, outside %d, %s"):format(inside, outside, s:ok "echo alive"))
    print(s.console.text:match "I/O error, dev vda")
  ]], path)
  assert(output:find("inside 0, outside 1, alive", 1, true), output)
  assert(output:find("I/O error, dev vda", 1, true), output)
  local line = "host_error: /virtio@e00000000/virtio@0: [^\n]*full.img: write: File too large;"
  tap.equal(select(2, output:gsub(line, "")), 1)
end)

host("rm -rf " .. dir)
tap.done()
