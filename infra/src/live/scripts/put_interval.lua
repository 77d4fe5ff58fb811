-- KEYS[1] hash, KEYS[2] its version; ARGV life in ms, version, then field, value, ... -> 1, or 0
-- when that version or a later one is there.
local known = redis.call('GET', KEYS[2])
if known and tonumber(known) >= tonumber(ARGV[2]) then
    return 0
end
redis.call('DEL', KEYS[1])
for i = 3, #ARGV, 2 do
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[1])
return 1
