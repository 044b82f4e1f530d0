import { expect, test } from '@playwright/test'
import type { RouteConfigEntry } from '@react-router/dev/routes'
import pages from '../../src/routes.ts'
import { asOperator, baseUrl, password } from './visitor.ts'

type Page = { path: string; isInside: boolean }

/** Every page with its whole path; `isInside` those within the layouts of the portal and the admin's side. */
function listPages(entries: RouteConfigEntry[], prefix = '', isInside = false): Page[] {
  return entries.flatMap(({ path, index, children, file }) => {
    const whole = [prefix, path].filter(Boolean).join('/')
    const isLayout = /(portal|admin)-layout/.test(file)
    if (children) return listPages(children, whole, isInside || isLayout)
    return index || path ? [{ path: whole, isInside }] : []
  })
}

const callers = ['nobody', 'customer', 'suspended', 'agent', 'admin'] as const
type Caller = (typeof callers)[number]

/** Answers of a form's page alone; asked for, they lead to that page, which asks who comes. */
const forForms = new Set(['admin/users/:id/act-as'])

/** What must become of somebody who asks for a page: `in`, which may be 404 for a thing that is not there, or why not. */
function expected({ path, isInside }: Page, caller: Caller): string {
  if (!isInside || forForms.has(path)) return 'in'
  if (caller === 'nobody') return 'sign in'
  // The first page says that the account is suspended.
  if (caller === 'suspended') return path === '' ? 'in' : 'forbidden'
  if (!isAdmins(path) || caller === 'admin') return 'in'
  // Agents find there where their work is.
  return caller === 'agent' && path === 'admin' ? 'in' : 'forbidden'
}

const isAdmins = (path: string) => /^admin(\/|$)/.test(path)

async function signIn(caller: Caller): Promise<string | undefined> {
  if (caller === 'nobody') return undefined
  const email = `${caller}-${Math.random().toString(36).slice(2)}@example.com`
  const role = caller === 'suspended' ? 'customer' : caller
  await asOperator('POST', '/admin/users', { email, role, password })
  if (caller === 'suspended') await asOperator('POST', `/admin/users/${email}/suspend`, {})
  const answer = await fetch(`${baseUrl()}/api/portal/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  return (await answer.json()).token
}

async function ask(path: string, token: string | undefined): Promise<string> {
  const address = path.replace(/:\w+/g, 'none').replace('*', 'nowhere')
  const answer = await fetch(`${baseUrl()}/${isAdmins(path) ? '' : 'portal/'}${address}`, {
    redirect: 'manual',
    headers: { accept: 'text/html', ...(token && { authorization: `Bearer ${token}` }) },
  })
  if (answer.status >= 500) return String(answer.status)
  if (answer.headers.get('location')?.includes('/portal/login?next=')) return 'sign in'
  return answer.status === 403 ? 'forbidden' : 'in'
}

test('every page is open to whom it is for, and to nobody else', async () => {
  const tokens = new Map<Caller, string | undefined>()
  for (const caller of callers) tokens.set(caller, await signIn(caller))
  const outcomes: string[] = []
  const wanted: string[] = []
  for (const page of listPages(pages)) {
    for (const caller of callers) {
      outcomes.push(`${page.path}, ${caller}: ${await ask(page.path, tokens.get(caller))}`)
      wanted.push(`${page.path}, ${caller}: ${expected(page, caller)}`)
    }
  }
  expect(outcomes).toEqual(wanted)
})
