-- May one more request of a tenant's key begin? All limits are looked at before any is charged, so
-- that a refused request costs nothing. The clock is Redis' own.
-- KEYS: accepted requests of the tenant and of the key; slots of the tenant and of the key
-- ARGV: the limit of each, -1 for none; the lease; its time and the window, milliseconds
-- answers: which limit refuses (0 for none), milliseconds to wait, and of the tighter window its
-- limit, what remains of it, and milliseconds until that grows
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease, lasting, window = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])
local refused, wait = 0, 0
local limit, remaining, reset = -1, -1, 0

for i = 1, 2 do
  local max = tonumber(ARGV[i])
  if max >= 0 then
    local oldest = redis.call('lindex', KEYS[i], 0)
    while oldest and oldest + window <= now do
      redis.call('lpop', KEYS[i])
      oldest = redis.call('lindex', KEYS[i], 0)
    end
    local used = redis.call('llen', KEYS[i])
    if used >= max then
      refused = i
      wait = math.max(wait, redis.call('lindex', KEYS[i], used - max) + window - now)
    end
    local left = math.max(0, max - used)
    if remaining < 0 or left < remaining then
      limit, remaining = max, left
      reset = oldest and oldest + window - now or window
    end
  end
end

for i = 3, 4 do
  local max = tonumber(ARGV[i])
  if max >= 0 then
    redis.call('zremrangebyscore', KEYS[i], '-inf', now)
    if redis.call('zcard', KEYS[i]) >= max and refused == 0 then
      refused, wait = i, 1000
    end
  end
end

if refused == 0 then
  for i = 1, 2 do
    if tonumber(ARGV[i]) >= 0 then
      redis.call('rpush', KEYS[i], now)
      redis.call('pexpire', KEYS[i], window)
    end
  end
  for i = 3, 4 do
    if tonumber(ARGV[i]) >= 0 then
      redis.call('zadd', KEYS[i], now + lasting, lease)
      redis.call('pexpire', KEYS[i], lasting)
    end
  end
  remaining = math.max(0, remaining - 1)
end
return {refused, wait, limit, remaining, reset}
