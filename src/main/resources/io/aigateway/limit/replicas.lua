-- How many replicas are there? Whoever asks is one of them.
-- KEYS: the replicas; ARGV: who asks; how long one is counted without asking, milliseconds
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('zadd', KEYS[1], now, ARGV[1])
redis.call('zremrangebyscore', KEYS[1], '-inf', now - ARGV[2])
redis.call('pexpire', KEYS[1], ARGV[2])
return {redis.call('zcard', KEYS[1])}
