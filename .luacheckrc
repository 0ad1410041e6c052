std = "lua54"
max_line_length = 120
globals = { "warpcore", "help" }
-- What the library takes the place of, so that runs repeat.
files["lua/lib/determinism.lua"].globals = { "pairs", "math", "os" }
files["lua/lib/sandbox.lua"].globals = { "io", "os", "load", "loadfile", "dofile", "package", "debug", "setmetatable",
  "coroutine" }
files["lua/lib/init.lua"].globals = { "package" }
files["lua/lib/lists.lua"].globals = { "ipairs" }
-- Names that are wrong on purpose.
files["tests/lua/test_module.lua"].globals = { "assigned", "colour", "pritn" }
