-- Adds a batch of outcomes and decides. KEYS[2] remembers the replica's last batch. ARGV: 15 number
-- of the batch, 16 calls, 17 failures, 18 age of the last success or -1, 19 failures after it,
-- 20 age of the first of these, 21 Retry-After, 22 why the credential was refused, 23 last failure;
-- 24 what the replica believes in: 0 nothing, 1 what it heard from here, 2 what it came to alone;
-- 25 state, 26 age, 27 rest of the open time, 28 by, 29 why; 30 1 to look again at what was counted.
if late then return answer('late') end
local number = tonumber(ARGV[15])
local before = redis.call('set', KEYS[2], ARGV[15], 'px', 60000, 'get')
if before and tonumber(before) >= number then
  redis.call('set', KEYS[2], before, 'px', 60000)
  return answer('dup')
end

local created = not st
if created then begin(math.max(0, known_version) + 1) end

-- A state that nobody here knows is taken if it is the later one: of an outage, or what was lost
-- with the data of this server.
local lost = known_version > 0 and (st.e ~= known_epoch or known_version > st.v)
if ARGV[24] == '2' or ARGV[24] == '1' and (created or lost) then
  local theirs, since, left = ARGV[25], now - tonumber(ARGV[26]), tonumber(ARGV[27])
  if theirs == state() then
    if st.blank or since > st.since then st.since, touched = since, true end
    st.blank = nil
    if theirs == 'open' then lengthen(left) end
  elseif st.blank or since > st.since then
    local from = state()
    local version = math.max(st.v, known_version)
    enter(theirs == 'closed' and 'closed' or theirs == 'forced_closed' and 'closed' or 'open')
    st.v, st.since, st.till = version + 1, since, now + left
    st.f = theirs == 'forced_open' and 'open' or theirs == 'forced_closed' and 'closed' or nil
    st.by, st.why = ARGV[28], ARGV[29]
    changed_from = from
  end
end

local calls, failures, ok_age = tonumber(ARGV[16]), tonumber(ARGV[17]), tonumber(ARGV[18])
local tail, tail_age, asked = tonumber(ARGV[19]), tonumber(ARGV[20]), tonumber(ARGV[21])
local same = st.e == known_epoch and st.v == known_version
local again, status = ARGV[30] == '1', 'ok'
if st.s == 'closed' and same and (calls > 0 or ARGV[22] ~= '' or again) then
  touched = true
  st.first = st.first or now
  local all, failed = count()
  local slot, last = math.floor(now / width), st.w[#st.w]
  if last and last[1] == slot then
    last[2], last[3], last[4] = last[2] + calls, last[3] + failures, last[4] + 1
  elseif calls > 0 then
    -- more than 500 reports a second, of many replicas, are slowed down
    local reports = last and last[1] == slot - 1 and last[4] or 0
    st.pace = math.min(1000, math.max(200, math.floor(st.pace * reports * 1000 / width / 500)))
    st.w[#st.w + 1] = {slot, calls, failures, 1}
  end
  all, failed = all + calls, failed + failures

  if ok_age >= 0 and now - ok_age > st.ok then
    st.ok = now - ok_age
    local kept = {}
    for _, group in ipairs(st.g) do
      if group[1] > st.ok then kept[#kept + 1] = group end
    end
    st.g = kept
  end
  if tail > 0 and now - tail_age > st.ok then
    st.g[#st.g + 1] = {now - tail_age, tail}
    if #st.g > 20 then
      -- the first two as one, which an equally old success takes away
      st.g[2] = {math.min(st.g[1][1], st.g[2][1]), st.g[1][2] + st.g[2][2]}
      table.remove(st.g, 1)
    end
  end
  local row = 0
  for _, group in ipairs(st.g) do row = row + group[2] end

  if not st.f then
    local share = failed .. ' of ' .. all .. ' calls failed'
    if all > 0 then share = share .. ' (' .. math.floor(failed * 100 / all) .. ' %)' end
    if ARGV[22] ~= '' then
      open(ARGV[22], asked)
    elseif tail > 0 and row >= in_a_row and now - st.ok >= quiet then
      open(row .. ' failures in a row, ' .. share .. ', the last: ' .. ARGV[23], asked)
    elseif (failures > 0 or again) and all >= minimum and failed * 100 >= rate * all then
      -- the first few calls of many replicas may fail by chance: their share counts after a while
      if now - st.first >= quiet then
        open(share .. ', the last: ' .. ARGV[23], asked)
      else
        status = 'pending'
      end
    end
  end
else
  lengthen(asked)
end
return answer(status)
