"""What rooms have Redis do in one step each, in its own language; docs/protocol.md says what rooms promise by it.

A room's keys: `meta` (epoch, its number, the newest event, counts, what was told), `stream` (the happenings, ids
`<number of the epoch>-<number of the event>`), `boards` (two boards, the older and the newer, each with its number:
the stream begins after the older one), `people` (room names and accounts), `aside` (lines that sampling left out),
`shares` (each process: time, turn, viewers present), `fits` (each process: whom of those present a position fits),
`opening` (who reads the records just now).

An epoch ends with the run of Redis that it began in: what a restart may have lost, or numbered twice, is never told
as if nothing had happened.
"""

from __future__ import annotations

_RUN = """
local function run_of()
  return string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
end
local function keep(seconds)
  for i = 1, #KEYS do redis.call('EXPIRE', KEYS[i], seconds) end
end
"""

# KEYS meta stream boards people aside -> epoch, number, seq, facts, likes, left_out, seq of the older board, that
# board, entries after it, people; nil when no epoch holds.
JOIN = (
    _RUN
    + """
local meta = redis.call('HMGET', KEYS[1], 'run', 'epoch', 'number', 'seq', 'told:facts', 'likes', 'left_out')
if meta[1] ~= run_of() then return false end
local board = redis.call('HMGET', KEYS[3], 'seq', 'board')
return {meta[2], meta[3], meta[4], meta[5], meta[6], meta[7], board[1], board[2],
        redis.call('XRANGE', KEYS[2], '-', '+'), redis.call('HGETALL', KEYS[4])}
"""
)

# KEYS meta stream boards people aside opening; ARGV token seconds epoch board facts likes instead_of (person
# account)... -> 1. Nothing is begun when another process took over the opening, or did begin meanwhile.
BEGIN = (
    _RUN
    + """
if redis.call('GET', KEYS[6]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[6])
local known = redis.call('HMGET', KEYS[1], 'run', 'number')
if known[1] == run_of() and known[2] ~= ARGV[7] then return 0 end
local time = redis.call('TIME')
local number = math.max(time[1] * 1000 + math.floor(time[2] / 1000), tonumber(known[2] or '0') + 1)
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
redis.call('HSET', KEYS[1], 'run', run_of(), 'epoch', ARGV[3], 'number', string.format('%.0f', number), 'seq', 0,
  'begun', ARGV[5], 'told:facts', ARGV[5], 'likes', ARGV[6], 'left_out', 0, 'bytes', 0, 'board_bytes', 0)
redis.call('HSET', KEYS[3], 'seq', 0, 'board', ARGV[4], 'newer_seq', 0, 'newer_board', ARGV[4])
for i = 8, #ARGV, 2 do redis.call('HSET', KEYS[4], ARGV[i], ARGV[i + 1]) end
keep(ARGV[2])
return 1
"""
)

# KEYS meta stream boards people aside shares fits; ARGV process turn present likes left_out facts, seconds_kept, most
# events, lines each second, lines at once, fits (empty = as before), whether those of others are wanted, then (topic
# event_id is_sampled person account json) for each happening -> number, present elsewhere, likes, left_out, seq of the
# newer board, bytes since that, fits of others, and for each happening 1 = numbered, 0 = left out, 2 = told already. A
# turn that was taken already changes nothing but the time.
TURN = (
    _RUN
    + """
local meta, stream, people, aside, shares = KEYS[1], KEYS[2], KEYS[4], KEYS[5], KEYS[6]
local process, turn = ARGV[1], tonumber(ARGV[2])
local known = redis.call('HMGET', meta, 'run', 'number', 'seq', 'bytes', 'board_bytes', 'begun')
if known[1] ~= run_of() then return false end
local number, seq, bytes = known[2], tonumber(known[3]), tonumber(known[4])
local begun = tonumber(known[6])
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000

local was = redis.call('HGET', shares, process)
local is_new = turn > tonumber(was and string.match(was, ' (%d+) ') or '0')

local function may_show()
  local bucket = redis.call('HMGET', meta, 'chat_left', 'chat_at')
  local left, at = tonumber(bucket[1] or ARGV[10]), tonumber(bucket[2] or now)
  left = math.min(tonumber(ARGV[10]), left + math.max(0, now - at) * ARGV[9])
  local is_shown = left >= 1
  if is_shown then left = left - 1 end
  redis.call('HSET', meta, 'chat_left', tostring(left), 'chat_at', string.format('%.6f', now))
  return is_shown
end

local last = {}
local function is_told(topic, event_id)
  if event_id == 0 then return false end
  local before = last[topic]
  if not before then
    before = math.max(begun, tonumber(redis.call('HGET', meta, 'told:' .. topic) or '0'))
    last[topic] = before
  end
  if event_id <= before then return true end
  redis.call('HSET', meta, 'told:' .. topic, event_id)
  return false
end

local results = {}
for i = 13, #ARGV, 6 do
  local topic, event_id, person, account, json = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 3], ARGV[i + 4], ARGV[i + 5]
  local result = 1
  if is_new then
    if is_told(topic, event_id) then
      result = 2
    elseif ARGV[i + 2] == '1' and not may_show() then
      result = 0
      redis.call('XADD', aside, 'MAXLEN', 100, '*', 'e', json, 'a', account)
      redis.call('HINCRBY', meta, 'left_out', 1)
    else
      seq = seq + 1
      redis.call('XADD', stream, 'MAXLEN', '~', ARGV[8], number .. '-' .. seq,
        'e', json, 'a', account, 't', string.format('%.3f', now))
      bytes = bytes + #json
    end
    if person ~= '' then redis.call('HSET', people, person, account) end
  end
  results[#results + 1] = result
end
if is_new then
  redis.call('HSET', meta, 'seq', seq, 'bytes', bytes)
  redis.call('HINCRBY', meta, 'likes', ARGV[4])
  redis.call('HINCRBY', meta, 'left_out', ARGV[5])
  if tonumber(ARGV[6]) > tonumber(redis.call('HGET', meta, 'told:facts')) then
    redis.call('HSET', meta, 'told:facts', ARGV[6])
  end
end

redis.call('HSET', shares, process, string.format('%.3f %d %d', now, math.max(turn, 0), ARGV[3]))
if ARGV[11] ~= '' then redis.call('HSET', KEYS[7], process, ARGV[11]) end
local elsewhere, fits, each = 0, {}, redis.call('HGETALL', shares)
for i = 1, #each, 2 do
  local at, present = string.match(each[i + 1], '^(%S+) %S+ (%S+)$')
  if now - at > 900 then
    redis.call('HDEL', shares, each[i])
    redis.call('HDEL', KEYS[7], each[i])
  elseif each[i] ~= process and now - at <= 5 then
    elsewhere = elsewhere + present
    if ARGV[12] == '1' then fits[#fits + 1] = redis.call('HGET', KEYS[7], each[i]) or '{}' end
  end
end
keep(ARGV[7])
local counts = redis.call('HMGET', meta, 'likes', 'left_out')
local newer_seq = redis.call('HGET', KEYS[3], 'newer_seq') or '0'
return {number, elsewhere, counts[1], counts[2], newer_seq, bytes - tonumber(known[5]), fits, results}
"""
)

# KEYS meta stream boards; ARGV number seq board -> 1 when it was newer than those kept. The newer of the two becomes
# the older, and the stream begins after it.
KEEP_BOARD = """
local boards = redis.call('HMGET', KEYS[3], 'newer_seq', 'newer_board')
if redis.call('HGET', KEYS[1], 'number') ~= ARGV[1] or tonumber(boards[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[3], 'seq', boards[1], 'board', boards[2], 'newer_seq', ARGV[2], 'newer_board', ARGV[3])
redis.call('HSET', KEYS[1], 'board_bytes', redis.call('HGET', KEYS[1], 'bytes'))
redis.call('XTRIM', KEYS[2], 'MINID', ARGV[1] .. '-' .. (boards[1] + 1))
return 1
"""

# KEYS answer...; ARGV milliseconds, then a digest for each -> for each nil when it is claimed now, else what was asked
# under the key.
CLAIM = """
local known = {}
for i = 1, #KEYS do
  known[i] = redis.call('GET', KEYS[i])
  if not known[i] then redis.call('SET', KEYS[i], ARGV[i + 1], 'PX', ARGV[1]) end
end
return known
"""
