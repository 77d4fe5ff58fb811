-- KEYS[1] hash; ARGV now in ms, free attempts, first delay, cap, life in ms -> ms to wait, 0 to go.
-- An attempt that may go is counted, and closes the door for the delay that it earns.
local now = tonumber(ARGV[1])
local closed = tonumber(redis.call('HGET', KEYS[1], 'closed') or 0)
if closed > now then
    return closed - now
end
local over = redis.call('HINCRBY', KEYS[1], 'count', 1) - tonumber(ARGV[2])
local delay = 0
if over >= 0 then
    delay = math.min(tonumber(ARGV[3]) * 2 ^ math.min(over, 40), tonumber(ARGV[4]))
end
redis.call('HSET', KEYS[1], 'closed', string.format('%.0f', now + delay))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', delay + tonumber(ARGV[5])))
return 0
