import { expect, test, vi } from 'vitest'
import type { App } from '../app.ts'
import { download } from './download.ts'
import { createRouter } from './router.ts'

test('a file that breaks off half-way is cut, and only the log says why', async () => {
  const error = vi.fn()
  const router = createRouter()
  router.get('/rows', (c) => {
    c.set('app', { log: { error }, now: () => new Date() } as unknown as App)
    c.set('requestId', 'req_1')
    return download(c, 'rows', 'csv', ['name'], rows())
  })
  const answer = await router.request('/rows')
  expect(answer.status).toBe(200)
  await expect(answer.text()).rejects.toThrow(/^a download broke off$/)
  expect(error.mock.calls).toEqual([
    [
      { err: new Error('a secret of the database'), requestId: 'req_1', path: '/rows' },
      expect.any(String),
    ],
  ])
})

async function* rows() {
  yield [{ name: 'ada' }]
  throw new Error('a secret of the database')
}
