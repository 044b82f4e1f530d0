import { listAll, usageError } from '../../core/cli.ts'
import { toNumber } from '../../core/cli-options.ts'
import { askUntil, given, kept, leftOut, type Outcome, type Setup, set } from './setup.ts'

type Named = { name: string }

const listOf = async <T>(setup: Setup, path: string, query?: Record<string, string>) =>
  (await listAll(setup, path, query)) as T[]

export async function setUpCompany(setup: Setup): Promise<Outcome> {
  const item = 'company'
  const path = '/admin/settings/portal_company_name'
  const take = async (value: string) => {
    await setup.request('PUT', path, { value })
    return set(item, value)
  }
  const now = (await setup.request('GET', path)) as { value: string; is_set: boolean }
  const wanted = given(setup, 'company')
  if (wanted !== undefined && wanted !== now.value) return take(wanted)
  if (now.is_set || wanted !== undefined) return kept(item, now.value)
  const question = { text: 'Name of your company or product', fallback: now.value }
  return (await askUntil(setup, [question], ([answer]) => take(answer!))) ?? leftOut(item)
}

/** The name of what `init` makes; what has another name is somebody else's. */
const ourName = 'api'

export async function setUpUpstream(setup: Setup): Promise<Outcome> {
  const item = 'upstream'
  const all = await listOf<Named & { urls: string[] }>(setup, '/admin/upstreams')
  const ours = all.find(({ name }) => name === ourName)
  const take = async (url: string) => {
    if (ours) await setup.request('PATCH', `/admin/upstreams/${ourName}`, { url })
    else await setup.request('POST', '/admin/upstreams', { name: ourName, url })
    return set(item, url)
  }
  const wanted = given(setup, 'upstream')
  if (wanted !== undefined && !ours?.urls.includes(wanted)) return take(wanted)
  if (all.length > 0) return kept(item, all.map(({ urls }) => urls.join(', ')).join(', '))
  const question = {
    text: 'Address of your API, such as https://api.example.com (empty for later)',
  }
  return (await askUntil(setup, [question], ([answer]) => take(answer!))) ?? leftOut(item)
}

export async function setUpRoute(setup: Setup): Promise<Outcome> {
  const item = 'route'
  const all = await listOf<Named & { path: string }>(setup, '/admin/routes')
  const ours = all.find(({ name }) => name === ourName)
  const upstreams = await listOf<Named>(setup, '/admin/upstreams')
  const upstream = upstreams.find(({ name }) => name === ourName) ?? upstreams[0]
  const take = async (path: string) => {
    if (!upstream) {
      throw usageError('A route needs an upstream: say --upstream too.')
    }
    const fields = { path, upstream: upstream.name }
    if (ours) await setup.request('PATCH', `/admin/routes/${ourName}`, fields)
    else await setup.request('POST', '/admin/routes', { name: ourName, ...fields })
    return set(item, `${path} to ${upstream.name}`)
  }
  const wanted = given(setup, 'route')
  if (wanted !== undefined && ours?.path !== wanted) return take(wanted)
  if (all.length > 0) return kept(item, all.map(({ path }) => path).join(', '))
  if (!upstream) return leftOut(item)
  const question = { text: 'Paths that lead to it', fallback: '/v1/*' }
  return (await askUntil(setup, [question], ([answer]) => take(answer!))) ?? leftOut(item)
}

const limits = { perMinute: '100', perMonth: '10000' }

export async function setUpPlan(setup: Setup): Promise<Outcome> {
  const item = 'plan'
  const all = await listOf<Named & { slug: string }>(setup, '/admin/plans')
  const take = async (name: string, perMinute: string, perMonth: string) => {
    await setup.request('POST', '/admin/plans', {
      ...{ name, is_default: true, quota_enforcement: 'hard' },
      ...{ rate_limit_per_minute: toNumber(perMinute), requests_per_month: toNumber(perMonth) },
    })
    return set(item, name)
  }
  const wanted = given(setup, 'plan')
  if (wanted !== undefined && !all.some(({ name, slug }) => [name, slug].includes(wanted))) {
    const { perMinute, perMonth } = limits
    const perMinuteGiven = given(setup, 'rateLimit') ?? perMinute
    return take(wanted, perMinuteGiven, given(setup, 'requests') ?? perMonth)
  }
  if (all.length > 0) return kept(item, all.map(({ name }) => name).join(', '))
  const questions = [
    { text: 'Name of the plan that customers begin with', fallback: 'Free' },
    { text: 'Requests a minute, or unlimited', fallback: limits.perMinute },
    { text: 'Requests a month, or unlimited', fallback: limits.perMonth },
  ]
  const answered = await askUntil(setup, questions, ([name, perMinute, perMonth]) =>
    take(name!, perMinute!, perMonth!),
  )
  return answered ?? leftOut(item)
}

export async function setUpAdmin(setup: Setup): Promise<Outcome> {
  const item = 'administrator'
  const [admin] = await listOf<{ email: string }>(setup, '/admin/users', { role: 'admin' })
  if (admin) return kept(item, admin.email)
  const take = async (email: string, password: string) => {
    await setup.request('POST', '/admin/users', { email, password, role: 'admin' })
    return set(item, email)
  }
  const email = given(setup, 'email')
  const password = given(setup, 'password')
  if (email !== undefined && password !== undefined) return take(email, password)
  if ((email ?? password) !== undefined && !setup.ask) {
    throw usageError('An administrator needs both --email and --password.')
  }
  const questions = [
    { text: 'Your e-mail address, as the administrator', fallback: email },
    { text: 'Password', isSecret: true },
  ]
  const answered = await askUntil(setup, questions, ([address, secret]) => take(address!, secret!))
  return answered ?? leftOut(item)
}
