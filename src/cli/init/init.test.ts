import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTestSite, type TestSite } from '../../../test/site.ts'
import { parseConfig } from '../../core/config.ts'
import { envFileOf, readEnvFile } from '../../core/env.ts'
import { connect } from '../connect.ts'
import type { Question } from '../prompt.ts'
import { setVariable } from './env-file.ts'
import { initialize } from './init.ts'

/** The environment of the next start. */
const envOf = (site: TestSite) => ({ ...readEnvFile(envFileOf(site.dataDir)), ...site.env })

/** Runs `init` as somebody who answers by the beginnings of the questions, with Enter to all others. */
async function run(
  site: TestSite,
  {
    answers,
    options = {},
  }: { answers?: Record<string, string[]>; options?: Record<string, string> },
) {
  const asked: string[] = []
  const complaints: string[] = []
  const ask = async ({ text, fallback = '' }: Question) => {
    asked.push(text)
    const found = Object.entries(answers ?? {}).find(([start]) => text.startsWith(start))
    return found?.[1].shift() ?? fallback
  }
  const complain = (text: string) => void complaints.push(text)
  const done = await initialize({
    ...{ env: envOf(site), options, complain, ask: answers && ask },
  })
  const outcomes = Object.fromEntries(
    done.outcomes.map(({ item, status, value }) => [item, [status, value]]),
  )
  return { ...done, outcomes, asked, complaints }
}

async function ask(site: TestSite, path: string) {
  const { request, close } = await connect(parseConfig(site.env), site.env)
  const answer = (await request('GET', path)) as { data: Record<string, unknown>[] }
  await close()
  return answer.data
}

test('on a terminal it asks until it understands, does what is said, and asks nothing twice', async () => {
  await using site = await createTestSite()
  const first = await run(site, {
    answers: {
      'Address that customers': ['api.example.com', 'https://api.example.com/'],
      'Name of your company': ['Acme'],
      'Address of your API': ['nowhere', 'https://origin.example.com'],
      'Requests a month': ['many', 'unlimited'],
      'Mail server': ['http://mail.example.com', 'smtp://127.0.0.1:9', ''],
      'Your e-mail': ['nora@example.com', 'nora@example.com'],
      Password: ['short', 'a sentence that is long enough'],
    },
  })
  expect(first.complaints).toHaveLength(6)
  expect(first.outcomes).toEqual({
    'public address': ['set', 'https://api.example.com'],
    company: ['set', 'Acme'],
    upstream: ['set', 'https://origin.example.com'],
    route: ['set', '/v1/* to api'],
    plan: ['set', 'Free'],
    'mail server': ['set', 'none'],
    administrator: ['set', 'nora@example.com'],
  })
  expect(first.next).toEqual(['Now start the server: apigate serve'])
  expect(parseConfig(envOf(site))).toMatchObject({
    ...{ publicUrl: 'https://api.example.com', smtpUrl: null },
  })
  expect(await ask(site, '/admin/plans')).toMatchObject([
    { name: 'Free', is_default: true, rate_limit_per_minute: 100, requests_per_month: null },
  ])
  const second = await run(site, { answers: {} })
  expect(second.asked).toEqual([])
  expect(Object.values(second.outcomes).map(([status]) => status)).toEqual(Array(7).fill('kept'))
})

test('without a terminal it does what the flags say, as often as it is run', async () => {
  await using site = await createTestSite()
  const options = {
    ...{ publicUrl: 'https://api.example.com', company: 'Acme', plan: 'Trial', requests: '500' },
    ...{ upstream: 'https://origin.example.com', route: '/v2/*', smtpUrl: 'smtp://127.0.0.1:9' },
    ...{ email: 'nora@example.com', password: 'a sentence that is long enough' },
  }
  const first = await run(site, { options })
  expect(first.complaints.join()).toContain('127.0.0.1:9 does not take mails')
  expect(Object.values(first.outcomes).map(([status]) => status)).toEqual(Array(7).fill('set'))
  const second = await run(site, { options })
  expect(Object.values(second.outcomes).map(([status]) => status)).toEqual(Array(7).fill('kept'))
  const third = await run(site, { options: { ...options, route: '/v3/*', company: 'Other' } })
  expect(third.outcomes).toMatchObject({
    ...{ company: ['set', 'Other'], route: ['set', '/v3/* to api'], plan: ['kept', 'Trial'] },
  })
  expect(await ask(site, '/admin/routes')).toMatchObject([{ name: 'api', path: '/v3/*' }])
})

test('without a terminal and flags it changes nothing, and says what is missing', async () => {
  await using site = await createTestSite()
  const { outcomes, next } = await run(site, {})
  expect(Object.values(outcomes).map(([status]) => status)).toEqual(Array(7).fill('left out'))
  expect(next.join()).toContain('no administrator')
  expect(readEnvFile(envFileOf(site.dataDir))).toEqual({})
  const half = run(site, { options: { email: 'nora@example.com' } })
  await expect(half).rejects.toMatchObject({ code: 'usage' })
})

test('what the environment says is not contradicted by a file that it would win over', async () => {
  await using site = await createTestSite()
  Object.assign(site.env, { APIGATE_PUBLIC_URL: 'https://here.example.com' })
  expect((await run(site, { answers: {} })).outcomes['public address']).toEqual([
    ...['kept', 'https://here.example.com'],
  ])
  const other = run(site, { options: { publicUrl: 'https://there.example.com' } })
  await expect(other).rejects.toMatchObject({ code: 'set_in_environment' })
})

test('a variable is set in its file, whatever it holds, beside what else stands there', async () => {
  await using site = await createTestSite()
  const file = join(site.dataDir, 'apigate.env')
  await writeFile(file, '# ours\nAPIGATE_PORT=9000\nSMTP_URL = old\n')
  const smtpUrl = 'smtp://a:p#"=\\n $x@mail.example.com?from=a@b'
  await setVariable(file, 'SMTP_URL', smtpUrl)
  await setVariable(file, 'APIGATE_PUBLIC_URL', "it's")
  expect(readEnvFile(file)).toEqual({
    ...{ APIGATE_PORT: '9000', SMTP_URL: smtpUrl, APIGATE_PUBLIC_URL: "it's" },
  })
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})
