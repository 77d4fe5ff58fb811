-- KEYS[1] hash, KEYS[2] mark of this addition; ARGV life in ms, then field, delta, ... -> 1, or 0
-- when this addition was made before.
if not redis.call('SET', KEYS[2], '', 'NX', 'PX', ARGV[1]) then
    return 0
end
for i = 2, #ARGV, 2 do
    redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
