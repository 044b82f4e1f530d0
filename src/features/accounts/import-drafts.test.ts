import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { system } from '../../../test/make.ts'
import { createPlan } from '../plans/plans.ts'
import { draftImport, forgetImports, getDraft, listFailures, runDraft } from './import-drafts.ts'
import { users } from './schema.ts'

const fileOf = (text: string | Uint8Array<ArrayBuffer>) => new File([text], 'people.csv')

test('a draft changes nothing until it is run, and is run once however often that is asked', async () => {
  await using app = await createTestApp({ now: '2026-11-24T12:00:00Z' })
  await createPlan(app, system, { name: 'Free' })
  const csv = 'email,name,plan_name\nann@example.com,Ann,free\nbob@example.com,=Bob,gold\n'
  const id = await draftImport(app, system, fileOf(csv))
  expect(await app.db.$count(users)).toBe(0)
  expect(await getDraft(app, system, id)).toMatchObject({
    fileName: 'people.csv',
    isDone: false,
    report: { created: 1, failed: 1 },
  })
  await Promise.all([runDraft(app, system, id), runDraft(app, system, id)])
  await runDraft(app, system, id)
  expect(await app.db.$count(users)).toBe(1)
  const done = await getDraft(app, system, id)
  expect(done).toMatchObject({ isDone: true, report: { created: 1, updated: 0, failed: 1 } })
  const failures = []
  for await (const rows of listFailures(app, system, id)) failures.push(...rows)
  expect(failures).toEqual([
    {
      ...{ email: 'bob@example.com', name: '=Bob', plan_name: 'gold', line: 3 },
      problem: 'There is no plan “gold”.',
    },
  ])
  app.setNow('2026-11-25T12:00:01Z')
  await forgetImports(app)
  await expect(getDraft(app, system, id)).rejects.toMatchObject({ code: 'not_found' })
})

test('a file of a spreadsheet in UTF-16 is read, and one in an old code is told line by line', async () => {
  await using app = await createTestApp()
  const wide = Buffer.concat([
    Buffer.from([0xff, 0xfe]),
    Buffer.from('email\tname\na@b.example\té', 'utf16le'),
  ])
  const { report } = await getDraft(
    app,
    system,
    await draftImport(app, system, fileOf(new Uint8Array(wide))),
  )
  expect(report.lines[0]).toMatchObject({ email: 'a@b.example', result: 'created' })
  const old = new Uint8Array(
    Buffer.from('email,name\na@b.example,Andr\xe9\nc@d.example,Bob\n', 'latin1'),
  )
  const told = await getDraft(app, system, await draftImport(app, system, fileOf(old)))
  expect(told.report.lines.map(({ result }) => result)).toEqual(['failed', 'created'])
  await expect(draftImport(app, system, fileOf('name\nAnn\n'))).rejects.toMatchObject({
    code: 'csv_without_email',
  })
})
