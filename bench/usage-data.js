/** How the requests are spread: one busy customer, and fifty others. */
export const people = { busy: { keys: 5, share: 5 }, others: 50, keysOfOthers: 2, routes: 6 }

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
/** As core/ids.ts writes the time of an id: ten digits in base 32. */
const timePart = Array.from(
  { length: 10 },
  (_, i) => `substr('${alphabet}', ((ms >> ${5 * (9 - i)}) & 31)::int + 1, 1)`,
).join(' || ')

/** Cells: what rollups are kept for. `n` numbers them. */
export const makeCells = `
  create unlogged table bench_cells as
  select row_number() over () as n, k.organization_id, k.id as key_id, k.prefix, o.owner_id as user_id,
    r.id as route_id, r.path, m.method, o.name = 'busy' as is_busy
  from api_keys k join organizations o on o.id = k.organization_id
  cross join (select id, path, row_number() over (order by path) as at from routes) r
  cross join (values ('GET'), ('POST')) m(method)
  where o.name = 'busy' or (r.at <= 2)`

/** A histogram as of a few hundred requests: some fifty bins. */
const bins = `'[31:50]={1,1,2,3,5,8,9,12,14,9,7,5,4,3,2,2,1,1,1,1}'::int[]`
const figures = `50, 49, 1, 0, 2, 1, 900, 60000, ${bins}`

export const fillHours = `
  insert into usage_hours
  select h, organization_id, key_id, route_id, method, ${figures}
  from generate_series(date_trunc('hour', now()) - interval '365 days', date_trunc('hour', now()), interval '1 hour') h, bench_cells`
export const fillDays = `
  insert into usage_days
  select d, organization_id, key_id, route_id, method, ${figures}
  from generate_series(date_trunc('day', now()) - interval '365 days', date_trunc('day', now()), interval '1 day') d, bench_cells`
export const fillWeeks = `
  insert into usage_weeks
  select to_timestamp(floor(extract(epoch from start) / 604800) * 604800), organization_id, key_id, route_id, method,
    sum(requests), sum(forwarded), sum(refused), sum(interrupted), sum(errors_4xx), sum(errors_5xx),
    sum(bytes_in), sum(bytes_out), ${bins}
  from usage_days group by 1, 2, 3, 4, 5`
export const fillMinutes = `
  insert into usage_minutes
  select m, organization_id, key_id, route_id, method, ${figures}
  from generate_series(date_trunc('minute', now()) - interval '3 days', date_trunc('minute', now()), interval '3 minutes') m, bench_cells`
/** As the migration makes them, of rows that all have the same histogram. */
export const fillTotals = `
  insert into usage_totals
  select case when grouping(organization_id) = 1 then '' else organization_id end, unit,
    case when grouping(route_id) = 1 then '*' else route_id end,
    case when grouping(method) = 1 then '*' else method end, start,
    sum(requests), sum(forwarded), sum(refused), sum(interrupted), sum(errors_4xx), sum(errors_5xx),
    sum(bytes_in), sum(bytes_out), ${bins}
  from (select 'minute' as unit, * from usage_minutes union all select 'hour', * from usage_hours
    union all select 'day', * from usage_days
    union all select 'week', * from usage_weeks) r
  group by grouping sets ((unit, start, organization_id), (unit, start), (unit, start, route_id, method))`
export const fillPeriods = `
  insert into usage_periods (organization_id, period_start, key_id, forwarded, credits)
  select distinct organization_id, date_trunc('month', now()), key_id, 4000, 4000 from bench_cells`

export const makePartitions = `
  do $$ declare d date; begin
    for d in select generate_series(current_date - 31, current_date + 1, interval '1 day')::date loop
      execute format('create table if not exists %I partition of request_logs for values from (%L) to (%L)',
        'request_logs_' || to_char(d, 'YYYYMMDD'), d, d + 1);
    end loop;
  end $$`

/**
 * Log rows over thirty days, in the order of time: every fifth of the busy customer, one in fifty
 * failed. Rows `from` to `to`, `step` milliseconds apart.
 */
export const fillLogs = (from, to, step) => `
  insert into request_logs
  select 'req_' || ${timePart} || lpad(to_hex(i), 16, '0'), to_timestamp(ms / 1000.0),
    c.organization_id, c.user_id, c.key_id, c.prefix, 'live', c.route_id, c.path, c.method,
    '/v1/items/' || i % 9973, case when i % 100 = 3 then 'refused' else 'forwarded' end,
    case when i % 100 = 3 then 429 when i % 200 = 51 then 503 else 200 end,
    case when i % 100 = 3 then 'rate_limit_exceeded' end,
    8000 + i % 90000, 7500, 120, 2400, 1, '203.0.113.9', 'api', null, 1000, 900, 100000, 4000
  from (
    select i, (extract(epoch from now() - interval '30 days') * 1000 + i * ${step})::bigint as ms
    from generate_series(${from}::bigint, ${to}::bigint) i
  ) t
  join bench_cells c on c.n = case when i % 5 = 0
    then 1 + (i / 5) % (select count(*) from bench_cells where is_busy)
    else 1 + (select count(*) from bench_cells where is_busy) + i % (select count(*) from bench_cells where not is_busy) end`
