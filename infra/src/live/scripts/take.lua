-- KEYS[1] bucket; ARGV units, microseconds a unit, burst -> microseconds to wait, 0 to go.
-- The bucket is the instant, by the server's clock, at which it will be empty.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local unit = tonumber(ARGV[2])
local empty = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local filled = empty + tonumber(ARGV[1]) * unit
local over = filled - (now + tonumber(ARGV[3]) * unit)
if over > 0 then
    return over
end
redis.call('SET', KEYS[1], string.format('%.0f', filled), 'PX', math.ceil((filled - now) / 1000) + 1)
return 0
