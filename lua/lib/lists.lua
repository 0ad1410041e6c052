-- ipairs() of Warpcore's own lists counts from 0, as hardware and device tree do.
local internal = ...

local raw_ipairs = ipairs

function ipairs(object)
  local list = internal.class_of(object) or (type(object) == "table" and getmetatable(object) == internal.list_meta)
  if list then return pairs(object) end
  return raw_ipairs(object)
end
