-- By hand: ARGV 15 is open, closed or auto.
if late then return answer('late') end
if not st then begin(math.max(0, known_version) + 1) end
local wish = ARGV[15]
if wish == 'auto' then
  if st.f then
    changed_from = state()
    st.f = nil
    enter('closed')
    st.till, st.by, st.why = 0, label, 'no longer forced'
  end
elseif st.f ~= wish then
  changed_from = state()
  st.f = wish
  enter(wish)
  st.till, st.by, st.why = 0, label, 'forced ' .. wish .. ' by hand'
end
return answer('ok')
