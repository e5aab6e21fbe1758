-- One probe for the whole cluster. ARGV: 15 verb, 16 lease, 17 1 when a call waits for it,
-- 18 outcome, 19 why, 20 Retry-After, 21 1 when the next probe is wanted, 22 length of a lease.
if late then return answer('late') end
if not st then return answer('none') end
local verb, lease, asked = ARGV[15], tonumber(ARGV[16]), tonumber(ARGV[20])
local lease_time = tonumber(ARGV[22])
local mine = st.s == 'half_open' and not st.f and st.lease == lease and st.owner == replica

if verb == 'acquire' then
  if not st.f and st.s == 'open' and now >= st.till then
    changed_from = state()
    enter('half_open')
    -- what a replica came to alone since then is the later state
    st.since = st.till
  end
  if st.f or st.s ~= 'half_open' then return answer('denied') end
  if not st.lease or st.lu <= now or st.owner == replica then
    grant()
    st.lu = now + lease_time
    return answer('granted')
  end
  if ARGV[17] == '1' and now - st.wanted > 500 then st.wanted, touched = now, true end
  return answer('denied')
end

if verb == 'renew' then
  if not mine then return answer('lost') end
  st.lu, touched = now + lease_time, true
  return answer('granted')
end

if verb == 'back' then
  if not mine then return answer('lost') end
  st.lease, st.owner, st.lu, st.wanted, touched, told = nil, nil, nil, 0, true, true
  return answer('ok')
end

-- settle
if not mine then
  lengthen(asked)
  return answer('lost')
end
if ARGV[18] ~= 'success' then
  open('a probe failed: ' .. ARGV[19], asked)
  return answer('ok')
end
st.passed, touched = st.passed + 1, true
if st.passed >= close_after then
  changed_from = state()
  local passed = st.passed
  enter('closed')
  st.till, st.by, st.why, st.ok = 0, label, passed .. ' probes succeeded', now
  return answer('ok')
end
if ARGV[21] == '1' then
  grant()
  st.lu = now + lease_time
  return answer('granted')
end
st.lease, st.owner, st.lu, told = nil, nil, nil, true
return answer('ok')
