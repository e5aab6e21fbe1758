-- The shared state of one breaker: one JSON text at KEYS[1]. All times are milliseconds of Redis'
-- own clock; what goes out and comes in is relative, so that no other clock need agree.
--   e, v      epoch and version: which life of the data, which state of the breaker
--   s, f      closed, open or half_open; forced to open or closed by hand
--   since, till, by, why   of the state; till = end of the open time
--   ok, g     last success; groups {time of the first, number} of failures since
--   first     when calls began to be counted
--   ww, w     width of a window's slot; slots {number, calls, failures, reports}
--   pace      how long replicas are asked to wait between two reports
--   n, lease, owner, lu, wanted, passed   the probe: its lease, who has it until when, who waits
--   blank     nobody has seen another state yet
--   at        when this was written
-- Each verb's file follows this one. ARGV of all verbs: 1 at, 2 breaker, 3 replica, 4 its name,
-- 5 epoch to begin with, 6 epoch and 7 version known, 8 failures in a row, 9 rate, 10 minimum of
-- calls, 11 window, 12 open time, 13 successes that close, 14 quiet time.
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local name, replica, label = ARGV[2], ARGV[3], ARGV[4]
local known_epoch, known_version = ARGV[6], tonumber(ARGV[7])
local in_a_row, rate, minimum = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local window, open_time = tonumber(ARGV[11]), tonumber(ARGV[12])
local close_after, quiet = tonumber(ARGV[13]), tonumber(ARGV[14])
local slots = math.min(math.floor(window / 1000), 60)
local width = math.floor(window / slots)
local KEEP = 7 * 24 * 3600 * 1000

local st = redis.call('get', KEYS[1])
st = st and cjson.decode(st) or nil
local changed_from, touched, told = '', false, false

-- A frozen server carries out what was sent long ago; a call that old must change nothing.
local sent_at = tonumber(ARGV[1])
local late = sent_at >= 0 and math.abs(now - sent_at) > 2000

if st and st.at > now + 1000 then
  -- the clock went back, for instance with another server in this one's place
  local back = st.at - now
  for _, field in ipairs({'since', 'till', 'ok', 'lu', 'wanted', 'first'}) do
    if st[field] and st[field] > 0 then st[field] = st[field] - back end
  end
  st.w, st.g, st.at, touched = {}, {}, now, true
end

local function state()
  return st.f and 'forced_' .. st.f or st.s
end

local function begin(version)
  st = {e = ARGV[5], v = version, s = 'closed', since = now, till = 0, by = '', why = '',
    ok = 0, g = {}, ww = width, w = {}, pace = 200, n = 0, passed = 0, wanted = 0, at = now,
    blank = true}
  touched = true
end

local function enter(next)
  st.s, st.since, st.v, st.blank = next, now, st.v + 1, nil
  st.first = nil
  st.w, st.g, st.passed, st.lease, st.owner, st.lu, st.wanted = {}, {}, 0, nil, nil, nil, 0
  touched, told = true, true
end

local function open(why, asked)
  changed_from = state()
  st.till, st.by, st.why = now + math.max(open_time, asked), label, why
  enter('open')
end

local function lengthen(asked)
  if asked > 0 and st.s == 'open' and not st.f and now + asked > st.till then
    st.till, touched, told = now + asked, true, true
  end
end

local function count()
  local oldest, calls, failures, kept = math.floor(now / width) - slots, 0, 0, {}
  for _, slot in ipairs(st.ww == width and st.w or {}) do
    if slot[1] > oldest then
      calls, failures = calls + slot[2], failures + slot[3]
      kept[#kept + 1] = slot
    end
  end
  st.w, st.ww = kept, width
  return calls, failures
end

local function grant()
  st.n = st.n + 1
  st.lease, st.owner, st.wanted, touched = st.n, replica, 0, true
end

-- What the state looks like from outside: 16 values, times relative.
local function view()
  local calls, failures = count()
  return {st.e, st.v, state(), now - st.since, math.max(0, st.till - now), st.by, st.why,
    calls, failures, st.ok > 0 and now - st.ok or -1, st.lease or 0, st.owner or '',
    st.lu and math.max(0, st.lu - now) or 0, now - st.wanted < 2000 and 1 or 0, st.passed,
    st.pace}
end

-- Writes what has changed, tells the other replicas, and answers.
local function answer(status)
  if not st then
    return {status, now, ''}
  end
  local seen = view()
  if touched then
    st.at = now
    if st.f then
      redis.call('set', KEYS[1], cjson.encode(st))
    else
      redis.call('set', KEYS[1], cjson.encode(st), 'px', KEEP + math.max(0, st.till - now))
    end
  end
  if told then
    redis.call('publish', 'aigw:breakers', cjson.encode({name, seen}))
  end
  local all = {status, now, changed_from}
  for i = 1, #seen do all[i + 3] = seen[i] end
  return all
end
