-- Reading a global that nobody set is an error that names it. Loaded last, when the library's own globals are there.
local internal = ...

setmetatable(_G, {
  __index = function(globals, name)
    local nearest = type(name) == "string" and internal.nearest(name, globals)
    local hint = nearest and "; did you mean '" .. nearest .. "'?" or ""
    internal.fail(nil, ("undefined global '%s'%s"):format(tostring(name), hint))
  end,
})
