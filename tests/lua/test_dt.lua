-- The device tree as scripts see it.
local tap = dofile "tests/lua/tap.lua"
local m = tap.machine()
local dt = m.dt

tap.check("nodes by path, by alias, without a unit address", function()
  local node = dt["/soc@fe0000000/serial@4500"]
  tap.equal(node.path, "/soc@fe0000000/serial@4500")
  tap.equal(dt["/soc/serial@4500"], node)
  tap.equal(dt["serial0"], node)
  tap.equal(dt["/"].path, "/")
end)

tap.check("properties look like what they are", function()
  local node = dt["/soc/serial@4500"]
  tap.equal(node.compatible, "ns16550")
  tap.equal(node["clock-frequency"], 400000000)
  tap.equal(node.reg[1], 0x4500)
  tap.equal(node.reg[2], 0x100)
  tap.equal(dt["/cpus"]["#size-cells"], 0)
  tap.equal(dt["/soc"].compatible[2], "simple-bus")
  tap.equal(dt:find("fsl,mpic")["interrupt-controller"], true)
end)

tap.check("properties as strings, cells and bytes", function()
  local node = dt["/soc/serial@4500"]
  tap.equal(node:strings("compatible")[1], "ns16550")
  tap.equal(#node:strings "compatible", 1)
  tap.equal(node:cells("reg")[1], 0x4500)
  tap.equal(node:bytes "reg", "\0\0\x45\0\0\0\1\0")
  tap.equal(node:has "reg", true)
  tap.equal(node:has "colour", false)
  local names = {}
  for _, name in ipairs(node.properties) do names[name] = true end
  assert(names.reg and names.compatible)
end)

tap.check("parents and children", function()
  local cpus = dt["/cpus"]
  tap.equal(#cpus.children, 2)
  tap.equal(cpus.children[2].parent, cpus)
  tap.equal(dt["/"].parent, nil)
end)

tap.check("find and all", function()
  tap.equal(dt:find "ns16550", dt["serial0"])
  tap.equal(dt:all("ns16550")[1], dt["serial0"])
  tap.equal(#dt:all "acme,widget", 0)
  assert(#dt:all() >= 15)
end)

tap.check("coverage counts every node once", function()
  local coverage = dt:coverage()
  tap.equal(#coverage, #dt:all())
  tap.equal(coverage.modelled + coverage.ignored + coverage.unknown, #coverage)
  local counts = { modelled = 0, ignored = 0, unknown = 0 }
  for _, entry in ipairs(coverage) do
    counts[entry.coverage] = counts[entry.coverage] + 1
    local node = dt[entry.path]
    tap.equal(node.coverage, entry.coverage)
    tap.equal(node.reason, entry.reason)
    tap.equal(node.reads, entry.reads)
    tap.equal(node.writes, entry.writes)
    assert(#entry.reason > 0, entry.path)
  end
  tap.equal(counts.modelled, coverage.modelled)
  tap.equal(dt["serial0"].coverage, "modelled")
  tap.equal(dt["/aliases"].coverage, "ignored")
end)

tap.fails("a node that is not there", "did you mean '/cpus'", function() return dt["/cpu"] end)
tap.fails("an alias that is not there", "the device tree has no 'serial7'", function() return dt["serial7"] end)
tap.fails("a node by number", "a string is expected", function() return dt[1] end)
tap.fails("a property that is not there", "did you mean 'compatible'", function() return dt["serial0"].compatibel end)
tap.fails("cells of a property that is not there", "has no property 'clocks'", function()
  return dt["serial0"]:cells "clocks"
end)
tap.fails("a compatible that no node has", "did you mean 'fsl,mpic'", function() return dt:find "fsl,mpci" end)
tap.fails("find without a string", "a string is expected", function() return dt:find(16550) end)
tap.fails("writing a property", "can only be read", function() dt["serial0"].status = "okay" end)

tap.done()
