import { asc, eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, signInAs, system } from '../../../test/make.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { deleteUser } from '../accounts/remove-user.ts'
import { getUser, suspendUser, updateUser } from '../accounts/users.ts'
import { createPlan } from '../plans/plans.ts'
import { recordAudit } from './audit.ts'
import { auditLog } from './schema.ts'
import { verifyAudit } from './verify-audit.ts'

const entry = (id: string) => ({ action: 'plans.updated' as const, target: { type: 'plan', id } })

/** Rows as any program may add them. */
async function addRows(app: TestApp, count: number): Promise<void> {
  await app.db.execute(sql`
    insert into audit_log (id, time, actor_type, action, target_type, target_id, changes)
    select 'aud_' || n, now(), 'system', 'plans.updated', 'plan', 'pln_\n"é' || n, '{"n": 1.50, "a": ["é"]}'
    from generate_series(1, ${count}::int) as n`)
}

/** Does what the database refuses, as somebody does who owns it. */
async function tamper(app: TestApp, statement: string): Promise<void> {
  await app.db.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`)
    await tx.execute(sql.raw(statement))
  })
}

test('rows of writers at the same time stand in one chain without gaps, and what was rolled back is not in it', async () => {
  await using app = await createTestApp()
  const writers = Array.from({ length: 40 }, (_, i) =>
    inTransaction(app, async (tx) => {
      await recordAudit(tx, system, entry(`pln_${i}`))
      await recordAudit(tx, system, entry(`pln_${i}`))
      if (i % 4 === 0) throw new Error('rolled back')
    }),
  )
  const settled = await Promise.allSettled(writers)
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(30)
  expect(await verifyAudit(app, system)).toMatchObject({
    rows: 60,
    head: { seq: 60 },
    broken: null,
  })
})

test('two transactions that tell the log first and want the same row afterwards do not block each other for good', async () => {
  await using app = await createTestApp()
  const plan = await createPlan(app, system, { name: 'Shared' })
  const lockPlan = (tx: App) =>
    tx.db.execute(sql`select 1 from plans where id = ${plan.id} for update`)
  await Promise.all([
    inTransaction(app, async (tx) => {
      await recordAudit(tx, system, entry('a'))
      await new Promise((resolve) => setTimeout(resolve, 50))
      await lockPlan(tx)
    }),
    inTransaction(app, async (tx) => {
      await lockPlan(tx)
      await new Promise((resolve) => setTimeout(resolve, 50))
      await recordAudit(tx, system, entry('b'))
    }),
  ])
  expect((await verifyAudit(app, system)).broken).toBeNull()
})

test('the database refuses to change, delete or empty the log', async () => {
  await using app = await createTestApp()
  await addRows(app, 2)
  for (const statement of [
    `update audit_log set action = 'plans.deleted'`,
    `update audit_log set changes = '{}', changes_salt = null, target_id = 'other'`,
    `update audit_log set hash = 'x'`,
    'delete from audit_log',
    'truncate audit_log',
  ]) {
    const refusal = app.db.execute(sql.raw(statement))
    await expect(refusal, statement).rejects.toMatchObject({
      cause: { message: 'the audit log is append-only' },
    })
  }
})

test('what was changed behind the database’s back is found, with its row', async () => {
  await using app = await createTestApp()
  await addRows(app, 1001)
  const whole = await verifyAudit(app, system)
  expect(whole).toMatchObject({ rows: 1001, broken: null })

  const cases = [
    [`update audit_log set action = 'x' where seq = 3`, { reason: 'altered', seq: 3 }],
    [`update audit_log set ip = '203.0.113.1' where seq = 4`, { reason: 'altered', seq: 4 }],
    [
      `update audit_log set changes = '{"a": 1}' where seq = 1001`,
      { reason: 'altered', seq: 1001 },
    ],
    [`delete from audit_log where seq = 1000`, { reason: 'missing', seq: 1000 }],
    [
      `update audit_log set changes = '{}', changes_salt = null where seq = 5`,
      { reason: 'blanked', seq: null },
    ],
    [`update audit_log set seq = null where seq = 1001`, { reason: 'unchained', seq: null }],
  ] as const
  for (const [statement, broken] of cases) {
    await tamper(app, `create table kept as select * from audit_log; ${statement}`)
    expect((await verifyAudit(app, system)).broken, statement).toMatchObject(broken)
    await tamper(
      app,
      `delete from audit_log; insert into audit_log select * from kept; drop table kept`,
    )
  }

  const head = whole.head!.hash
  expect((await verifyAudit(app, system, { head })).broken).toBeNull()
  await tamper(app, 'delete from audit_log where seq = 1001')
  expect((await verifyAudit(app, system)).broken).toBeNull()
  expect((await verifyAudit(app, system, { head })).broken).toMatchObject({
    reason: 'head_missing',
  })
})

test('when a user is deleted nothing personal stays in the log, and the chain still holds', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  const admin = await makeCustomer(app, { role: 'admin' })
  const ada = {
    email: 'ada.lovelace@example.com',
    password: 'a long password',
    name: 'Ada Lovelace',
  }
  const ip = '203.0.113.77'
  const registered = await call('POST', '/api/portal/auth/register', { body: ada, ip })
  const token = registered.body.token
  await call('POST', '/api/portal/keys', { token, ip, body: { name: 'Key of Lovelace' } })
  await updateUser(app, admin, ada.email, {
    name: 'Countess Lovelace',
    metadata: { city: 'London' },
  })
  await suspendUser(app, admin, ada.email)
  await recordAudit(app, admin, {
    ...{ action: 'invitations.sent', target: { type: 'invitation', id: 'ivt_1' } },
    changes: { email: 'Ada.Lovelace@example.com', role: 'viewer' },
  })
  const { id } = await getUser(app, system, ada.email)
  await deleteUser(app, admin, id)

  const rows = await app.db.select().from(auditLog).orderBy(asc(auditLog.seq))
  const kept = JSON.stringify(rows)
  for (const trace of ['ovelace', ip, 'London']) expect(kept).not.toContain(trace)
  const byAdmin = rows.filter((row) => row.actorId === admin.userId)
  expect(new Set(byAdmin.map((row) => row.actorEmail))).toEqual(new Set([admin.email]))
  const about = rows.filter((row) => row.targetId === id).map((row) => row.action)
  expect(about).toContain('users.registered')
  expect(about).toContain('users.deleted')
  expect(await verifyAudit(app, system)).toMatchObject({ rows: rows.length, broken: null })
})

test('who deletes their own account leaves nothing personal in the row that says so', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const token = await signInAs(app, ada)
  const body = { password: 'correct horse battery staple' }
  const gone = await openDoor(app).call('DELETE', '/api/portal/profile', { token, body })
  expect(gone.status).toBe(204)
  const [row] = await app.db.select().from(auditLog).where(eq(auditLog.action, 'profile.deleted'))
  expect(row).toMatchObject({ actorId: ada.userId, actorEmail: null, ip: null, actorSalt: null })
  expect(row!.requestId).toBe(gone.headers.get('x-request-id'))
  expect((await verifyAudit(app, system)).broken).toBeNull()
})
