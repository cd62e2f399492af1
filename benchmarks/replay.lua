-- Sends the raw requests of the file BENCH_REQUESTS (a NUL between them), over and over.
-- "############" in a request becomes the run's four digits and a serial number of eight.

local heads, tails = {}, {}
local run = os.getenv("BENCH_RUN") or "0000"
local at, serial = 0, 0

function init()
  local file = assert(io.open(os.getenv("BENCH_REQUESTS"), "rb"))
  for raw in file:read("*a"):gmatch("([^%z]+)") do
    local from, to = raw:find("############", 1, true)
    heads[#heads + 1] = from and raw:sub(1, from - 1) or raw
    tails[#tails + 1] = from and raw:sub(to + 1) or false
  end
  file:close()
end

function request()
  at = at % #heads + 1
  local tail = tails[at]
  if not tail then
    return heads[at]
  end
  serial = serial + 1
  return heads[at] .. run .. string.format("%08d", serial) .. tail
end
