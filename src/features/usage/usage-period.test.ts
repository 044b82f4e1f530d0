import { expect, test } from 'vitest'
import { AppError, notFound } from '../../core/errors.ts'
import { readLogSearch } from '../logs/pages/log-search.ts'
import { readUsagePage, readUsageSearch } from './usage-period.ts'

const now = new Date('2026-11-24T23:30:00Z')
const read = (text: string, zone = 'UTC') => readUsageSearch(new URLSearchParams(text), now, zone)

test('a period by name ends now, and begins with a day of the reader’s zone', () => {
  expect(read('').query).toEqual({ from: '2026-10-26', interval: 'day' })
  expect(read('period=week', 'Europe/Paris').query.from).toBe('2026-11-19')
  expect(read('period=day').query).toEqual({ from: '2026-11-23T23:30:00.000Z', interval: 'hour' })
  expect(read('period=previous').query).toMatchObject({
    from: '2026-10-01T00:00:00.000Z',
    to: '2026-11-01T00:00:00.000Z',
  })
})

test('dates win over a name, the second day is included, and the interval fits their distance', () => {
  const { form, query } = read('period=week&from=2026-11-01&until=2026-11-02&key_id=key_1')
  expect(form.period).toBe('custom')
  expect(query).toEqual({
    ...{ from: '2026-11-01', to: '2026-11-03', interval: 'hour', key_id: 'key_1' },
  })
  expect(read('from=2026-01-01&until=2026-03-01').query.interval).toBe('day')
  expect(read('from=2025-12-01').query.interval).toBe('week')
  expect(read('from=2020-01-01').query.interval).toBe('month')
})

test('what cannot be read is told and left out, and the rest still counts', () => {
  const { query, problems } = read('from=soon')
  expect(query).toEqual({ from: '2026-10-26', interval: 'day' })
  expect(problems).toHaveLength(1)
  const logs = readLogSearch(new URLSearchParams('status=9xx&until=2026-11-24&q=%20oslo%20'))
  expect(logs.filter).toEqual({ to: '2026-11-25', q: 'oslo' })
  expect(logs.problems).toMatchObject([
    { message: 'Use a status such as 429, or a class such as 4xx' },
  ])
})

test('a range that cannot be read shows the plain page, with the reason; what is not there stays an error', async () => {
  const readPage = (text: string, thrown: AppError) =>
    readUsagePage(new URLSearchParams(text), now, 'UTC', async ({ from }) => {
      if (from === '2026-11-02') throw thrown
      return `usage from ${from}`
    })
  const backwards = new AppError(
    'invalid',
    'validation_error',
    'The range must end after it begins.',
  )
  expect(await readPage('from=2026-11-02&until=2026-11-01', backwards)).toMatchObject({
    ...{ form: { period: 'month' }, usage: 'usage from 2026-10-26' },
    problems: [{ message: 'The range must end after it begins.' }],
  })
  expect(await readPage('from=2026-11-01', backwards)).toMatchObject({
    ...{ form: { period: 'custom' }, usage: 'usage from 2026-11-01', problems: [] },
  })
  await expect(readPage('from=2026-11-02', notFound('key'))).rejects.toMatchObject({ status: 404 })
})
