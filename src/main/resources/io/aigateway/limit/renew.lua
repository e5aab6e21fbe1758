-- Keeps the slots of requests that go on. One that was given back is not taken again.
-- KEYS: slots
-- ARGV: the time of a lease, milliseconds; 'xx', or 'any' after Redis may have lost them; leases
local time = redis.call('time')
local ends = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]
for i = 3, #ARGV do
  if ARGV[2] == 'xx' then
    redis.call('zadd', KEYS[1], 'xx', ends, ARGV[i])
  else
    redis.call('zadd', KEYS[1], ends, ARGV[i])
  end
end
redis.call('pexpire', KEYS[1], ARGV[1])
return {1}
