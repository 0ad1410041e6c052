-- The library's first file: loads the others. Each gets the table of private functions as its argument.
local internal = ...

-- Modules of the script's directory of work first, then Warpcore's own: require "lua.examples.NAME".
for _, directory in ipairs(internal.own_directories()) do package.path = directory .. "/?.lua;" .. package.path end
package.path = "./?.lua;" .. package.path

internal.load "determinism"
internal.load "lists"
internal.load "unseen"
internal.load "wait"
internal.load "code"
internal.load "inspect"
internal.load "help"
internal.load "complete"
internal.load "device"
internal.load "stats"
internal.load "trace"
internal.load "sweep"
internal.load "report"
internal.load "batch"
internal.load "sandbox"
internal.load "strict"
