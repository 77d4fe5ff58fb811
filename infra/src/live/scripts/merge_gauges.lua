-- KEYS[1] hash; ARGV life in ms, then field, value, source time in ms, ... -> fields changed.
-- A field is kept as "time value". Later wins; at the same time the greater value does, so the
-- outcome does not depend on the order of arrival.
local changed = 0
for i = 2, #ARGV, 3 do
    local field, value, at = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2])
    local known = redis.call('HGET', KEYS[1], field)
    local newer = true
    if known then
        local known_at, known_value = string.match(known, '^(-?%d+) (-?%d+)$')
        known_at = tonumber(known_at)
        newer = at > known_at or (at == known_at and tonumber(value) > tonumber(known_value))
    end
    if newer then
        redis.call('HSET', KEYS[1], field, ARGV[i + 2] .. ' ' .. value)
        changed = changed + 1
    end
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return changed
