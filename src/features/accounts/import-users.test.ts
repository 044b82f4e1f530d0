import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { and, eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, signInAs, system } from '../../../test/make.ts'
import { auditLog } from '../audit/schema.ts'
import { createPlan } from '../plans/plans.ts'
import { toReportJson } from './import-report.ts'
import { importUsers } from './import-users.ts'
import { members, organizations, users } from './schema.ts'
import { createUser, getUser, updateUser } from './users.ts'

async function* bytesOf(text: string) {
  yield Buffer.from(text)
}

const run = (app: TestApp, csv: string, options = {}) =>
  importUsers(app, system, bytesOf(csv), options)

async function makePlans(app: TestApp) {
  const free = await createPlan(app, system, { name: 'Free' })
  const pro = await createPlan(app, system, { name: 'Pro' })
  return { free, pro }
}

test('lines make users, known addresses get their new name and plan, and bad lines change nothing', async () => {
  await using app = await createTestApp()
  const { free, pro } = await makePlans(app)
  await createUser(app, system, { email: 'jane@example.com', name: 'Jane', plan_id: 'free' })
  const report = await run(
    app,
    [
      'plan_name,email,phone,name',
      'pro,John@Example.com,1,John Doe',
      'Pro,jane@example.com,2,"Jane\nSmith"',
      ',only@example.com,3,',
      'gold,gold@example.com,4,Goldie',
      'pro,nobody,5,Nobody',
      'free,john@example.com,6,Twice',
      `free,long@example.com,7,${'x'.repeat(101)}`,
    ].join('\r\n'),
  )
  expect(report).toMatchObject({ created: 2, updated: 1, failed: 4 })
  expect(report.lines.map(({ line, email, result }) => [line, email, result])).toEqual([
    [2, 'John@Example.com', 'created'],
    [3, 'jane@example.com', 'updated'],
    [5, 'only@example.com', 'created'],
    [6, 'gold@example.com', 'failed'],
    [7, 'nobody', 'failed'],
    [8, 'john@example.com', 'failed'],
    [9, 'long@example.com', 'failed'],
  ])
  expect(toReportJson(report).lines.map(({ detail }) => detail)).toEqual([
    'name: John Doe; plan: pro',
    'name: Jane → Jane\nSmith; plan: free → pro',
    'plan: free',
    'There is no plan “gold”.',
    'An e-mail address has an @ in it, as in name@example.com',
    'Line 2 has this address already.',
    'Use at most 100 characters.',
  ])
  const john = await getUser(app, system, 'john@example.com')
  expect(john).toMatchObject({
    name: 'John Doe',
    planId: pro.id,
    role: 'customer',
    status: 'active',
  })
  expect(await getUser(app, system, 'jane@example.com')).toMatchObject({
    name: 'Jane\nSmith',
    planId: pro.id,
  })
  expect((await getUser(app, system, 'only@example.com')).planId).toBe(free.id)
  expect(await app.db.$count(users)).toBe(3)
  const told = and(eq(auditLog.action, 'users.created'), eq(auditLog.targetId, john.id))
  expect(await app.db.$count(auditLog, told)).toBe(1)
})

test('the same file again changes nothing, and a dry run never does', async () => {
  await using app = await createTestApp()
  await makePlans(app)
  const csv = 'email,name,plan_name\na@example.com,Ann,pro\nb@example.com,Bob,free\n'
  const dry = await run(app, csv, { isDryRun: true })
  expect(dry).toMatchObject({ created: 2, updated: 0, failed: 0 })
  expect(await app.db.$count(users)).toBe(0)
  const { lines, ...counts } = await run(app, csv)
  expect({ lines, ...counts }).toEqual(dry)
  const rows = async () => JSON.stringify(await app.db.select().from(users).orderBy(users.id))
  const before = [await rows(), await app.db.$count(auditLog)]
  const again = await run(app, csv)
  expect(again).toMatchObject({ created: 0, updated: 2, failed: 0 })
  expect(toReportJson(again).lines[0]!.detail).toBe('nothing to change')
  expect([await rows(), await app.db.$count(auditLog)]).toEqual(before)
})

test('a moved customer is signalled to the gateway', async () => {
  await using app = await createTestApp()
  await makePlans(app)
  const ada = await createUser(app, system, { email: 'ada@example.com' })
  const signals: unknown[] = []
  app.signals.listen((signal) => void signals.push(signal))
  await run(app, 'email,plan_name\nada@example.com,pro\n')
  expect(signals).toEqual([{ topic: 'organizations', ids: [ada.organizationId] }])
})

test('a file without a head is read in the order email, name, plan; one without addresses is refused', async () => {
  await using app = await createTestApp()
  await makePlans(app)
  expect(await run(app, '\uFEFFann@example.com;Ann;pro\n')).toMatchObject({ created: 1 })
  await expect(run(app, 'name,phone\nAnn,1\n')).rejects.toMatchObject({ code: 'csv_without_email' })
  await expect(run(app, '')).rejects.toMatchObject({ code: 'csv_without_email' })
  const broken = await run(
    app,
    'email,name\nz@example.com,Zoë\n"y@example.com,Y\nx@example.com,X\n',
  )
  expect(broken).toMatchObject({ created: 1, failed: 1 })
  expect(broken.lines[1]).toMatchObject({ line: 3, result: 'failed' })
})

test('an address that somebody takes meanwhile is reported, and the rest of the lines stand', async () => {
  await using app = await createTestApp()
  await makePlans(app)
  // A registration between the reading of what is known and the writing.
  await app.db.execute(sql`
    create function take() returns trigger language plpgsql as $$ begin
      if new.email = 'late@example.com' and pg_trigger_depth() = 1 then
        insert into users (id, email) values ('usr_other', 'late@example.com'); end if;
      return new; end $$`)
  await app.db.execute(
    sql`create trigger taken before insert on users for each row execute function take()`,
  )
  const report = await run(app, 'email\nlate@example.com\nann@example.com\n')
  expect(report).toMatchObject({ created: 1, failed: 1 })
  expect(report.lines[0]).toMatchObject({ result: 'failed' })
})

test('what was exported restores names and plans when it is imported', async () => {
  await using app = await createTestApp()
  await makePlans(app)
  const { call, door } = openDoor(app)
  const names = ['Doe, "Jack"', 'two\nlines', '=1+1', "'=quoted", '-5', 'Zoë 😀', "O'Hara"]
  for (const [at, name] of names.entries())
    await createUser(app, system, {
      email: `u${at}@example.com`,
      name,
      plan_id: at % 2 ? 'pro' : 'free',
    })
  const token = app.adminToken
  const headers = { authorization: `Bearer ${token}` }
  const exported = await door.request('/admin/users/export?format=csv&role=customer', { headers })
  expect(exported.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  const csv = await exported.text()
  expect(csv).not.toMatch(/(^|,|\n)"?[=+\-@]/)
  const read = async () => (await call('GET', '/admin/users', { token })).body.data
  const before = await read()
  for (const at of names.keys())
    await updateUser(app, system, `u${at}@example.com`, { name: 'Lost', plan_id: 'free' })
  const answer = await door.request('/admin/users/import', {
    method: 'POST',
    headers: { ...headers, 'content-type': 'text/csv' },
    body: csv,
  })
  expect(await answer.json()).toMatchObject({ created: 0, updated: names.length, failed: 0 })
  expect(await read()).toEqual(before)
})

test('the import takes a form with a file too, and nobody but the operator', async () => {
  await using app = await createTestApp()
  await makePlans(app)
  const { door, call } = openDoor(app)
  const send = async (path: string, token: string) => {
    const form = new FormData()
    form.set('file', new File(['email\nann@example.com\n'], 'users.csv', { type: 'text/csv' }))
    const headers = { authorization: `Bearer ${token}` }
    const answer = await door.request(path, { method: 'POST', headers, body: form })
    return { status: answer.status, body: await answer.json() }
  }
  const dry = await send('/admin/users/import?dry_run=true', app.adminToken)
  expect(dry).toMatchObject({ status: 200, body: { created: 1, lines: [{ line: 2 }] } })
  expect(await app.db.$count(users)).toBe(0)
  const ada = await signInAs(app, await makeCustomer(app))
  expect((await send('/admin/users/import', ada)).status).toBe(403)
  expect((await call('GET', '/admin/users/export', { token: ada })).status).toBe(403)
  const asJson = await call('POST', '/admin/users/import', { token: app.adminToken, body: {} })
  expect(asJson).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } })
})

test('a file over its limit is refused while it streams, and others keep the small limit', async () => {
  await using app = await createTestApp()
  await makePlans(app)
  const { door } = openDoor(app)
  const send = async (bytes: number, token: string) => {
    let left = bytes
    const body = new ReadableStream({
      pull(controller) {
        const size = Math.min(left, 1_000_000)
        left -= size
        if (size > 0) controller.enqueue(Buffer.from(`${'x'.repeat(size - 1)}\n`))
        else controller.close()
      },
    })
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/csv' }
    const init = { method: 'POST', headers, body, duplex: 'half' }
    return (await door.request('/admin/users/import', init as RequestInit)).status
  }
  const ada = await signInAs(app, await makeCustomer(app))
  expect(await send(2_000_000, ada)).toBe(413)
  expect(await send(2_000_000, app.adminToken)).toBe(422)
})

test('50,000 people are exported into an import as a stream, whatever their names hold, and nothing is to change', async () => {
  await using app = await createTestApp()
  const { pro } = await makePlans(app)
  await app.db.execute(sql`
    insert into users (id, email, name)
    select 'usr_' || n, 'u' || n || '@example.com',
      (array['Doe, "Jack"', E'two\\nlines', '=1+1', '''=quoted', '-5', 'Zoë; 😀'])[n % 6 + 1] || n
    from generate_series(1, 50000) n`)
  await app.db.execute(sql`
    insert into organizations (id, slug, name, owner_id, plan_id)
    select 'org_' || id, id, name, id, ${pro.id} from users`)
  const { door } = openDoor(app)
  const headers = { authorization: `Bearer ${app.adminToken}` }
  const baseline = heapUsed()
  let [peak, pieces] = [0, 0]
  const { body } = await door.request('/admin/users/export?format=csv', { headers })
  async function* watched() {
    for await (const piece of body!) {
      if (pieces++ % 50 === 0) peak = Math.max(peak, heapUsed() - baseline)
      yield piece as Buffer
    }
  }
  const report = await importUsers(app, system, watched(), { isDryRun: true })
  expect(report).toMatchObject({ created: 0, updated: 50_000, failed: 0 })
  expect(new Set(toReportJson(report).lines.map(({ detail }) => detail))).toEqual(
    new Set(['nothing to change']),
  )
  // Most of it is the report.
  expect(peak).toBeLessThan(30_000_000)
}, 30_000)

test('more lines than one transaction takes are all written', async () => {
  await using app = await createTestApp()
  await makePlans(app)
  const lines = Array.from({ length: 1200 }, (_, at) => `u${at}@example.com,User ${at},pro\n`)
  const report = await run(app, `email,name,plan_name\n${lines.join('')}`)
  expect(report).toMatchObject({ created: 1200, failed: 0 })
  expect(await app.db.$count(users)).toBe(1200)
  expect(await app.db.$count(organizations)).toBe(1200)
  expect(await app.db.$count(members)).toBe(1200)
  expect(await app.db.$count(auditLog, eq(auditLog.action, 'users.created'))).toBe(1200)
})

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** What is really held on to. */
function heapUsed(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}
