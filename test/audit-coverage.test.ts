import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { auditLog } from '../src/features/audit/schema.ts'
import { verifyAudit } from '../src/features/audit/verify-audit.ts'
import { setSetting } from '../src/features/settings/settings.ts'
import { createTestApp } from './app.ts'
import { newPassword, openStage, password, scenes, silent, upstreamSecret } from './audit-scenes.ts'
import { runAnnounced } from './jobs.ts'
import { system } from './make.ts'

const writes = ['post', 'put', 'patch', 'delete']

test('every operation that changes something leaves a row with its request id, and no secret in it', async () => {
  await using app = await createTestApp()
  for (const limit of ['portal_login_rate_limit', 'portal_reset_rate_limit'])
    await setSetting(app, system, limit, 1000)
  const stage = await openStage(app)

  const { body } = await stage.call('GET', '/openapi.json')
  const operations = Object.entries<object>(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => writes.includes(method))
      .map((method) => `${method.toUpperCase()} ${path}`),
  )
  const played = [...Object.keys(scenes), ...Object.keys(silent)]
  expect(played.sort(), 'a new operation needs a scene in audit-scenes.ts').toEqual(
    operations.sort(),
  )

  const secrets = [password, newPassword, upstreamSecret, app.adminToken]
  const told: Record<string, string[]> = {}
  for (const [operation, play] of Object.entries(scenes)) {
    const answer = await play(stage)
    expect([operation, answer.status, answer.body?.detail]).toEqual([
      ...[operation, expect.toBeOneOf([200, 201, 202, 204]), undefined],
    ])
    await runAnnounced(app)
    const requestId = answer.headers.get('x-request-id')!
    const rows = await app.db.select().from(auditLog).where(eq(auditLog.requestId, requestId))
    told[operation] = rows.map((row) => row.action)
    secrets.push(...secretsIn(answer.body))
  }
  expect(Object.entries(told).filter(([, actions]) => actions.length === 0)).toEqual([])

  const log = JSON.stringify(await app.db.select().from(auditLog))
  expect(secrets.filter((secret) => log.includes(secret))).toEqual([])
  expect((await verifyAudit(app, system)).broken).toBeNull()
}, 120_000)

/** What an answer shows once only. */
function secretsIn(body: Record<string, unknown> | null): string[] {
  const { key, token, secret, recovery_codes: codes } = body ?? {}
  const isKey = typeof key === 'string' && /^(ak|svc)_/.test(key)
  return [isKey && key, token, secret, codes].flat().filter((text) => typeof text === 'string')
}
