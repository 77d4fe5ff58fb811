-- KEYS[1] bucket; ARGV units, microseconds a unit, burst -> {microseconds to wait, 0 to go; units left}.
-- The bucket is the instant, by the server's clock, at which it will be empty.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local units = tonumber(ARGV[1])
local unit = math.max(tonumber(ARGV[2]), 1)
local empty = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local filled = empty + units * unit
local full = now + tonumber(ARGV[3]) * unit
if filled > full then
    return {filled - full, math.floor(math.max(full - empty, 0) / unit)}
end
if units > 0 then
    redis.call('SET', KEYS[1], string.format('%.0f', filled), 'PX', math.ceil((filled - now) / 1000) + 1)
end
return {0, math.floor((full - filled) / unit)}
