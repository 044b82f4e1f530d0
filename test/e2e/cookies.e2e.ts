import { expect, type FrameLocator, type Page, test } from '@playwright/test'
import { type OwnServer, startOwnServer } from './own-server.ts'
import { type Site, startOtherSite, startTlsProxy } from './sites.ts'
import { asOperator, mailedLink, password } from './visitor.ts'

test.use({ ignoreHTTPSErrors: true })

let server: OwnServer
let proxy: Site
/** The portal as browsers reach it: over HTTPS, by a proxy. */
let portal: string
const email = 'ada@example.com'

test.beforeAll(async () => {
  proxy = await startTlsProxy(() => server.url)
  portal = `${proxy.url}/portal`
  server = await startOwnServer({ APIGATE_PUBLIC_URL: proxy.url })
  await server.asAdmin('PUT', '/admin/settings/portal_login_rate_limit', { value: 1000 })
  await server.asAdmin('POST', '/admin/users', { email, name: 'Ada', password })
})
test.afterAll(async () => {
  await server.stop()
  await proxy.stop()
})
test.afterEach(async () => {
  await server.asAdmin('PUT', '/admin/settings/session_same_site', { value: 'lax' })
  await server.asAdmin('PUT', '/admin/settings/portal_embed_origins', { value: [] })
})

async function signIn(page: Page | FrameLocator) {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Hello')
}

const sessionOf = async (page: Page) =>
  (await page.context().cookies(portal)).find(({ name }) => name.endsWith('session_token'))

test('over HTTPS the session is in a Secure cookie of this host, whoever of the proxies is trusted', async ({
  page,
}) => {
  for (const proxies of [[], ['127.0.0.1', '::1']]) {
    await server.asAdmin('PUT', '/admin/settings/trusted_proxies', { value: proxies })
    await page.context().clearCookies()
    await page.goto(`${portal}/login`)
    await signIn(page)
    expect(await sessionOf(page)).toMatchObject({
      name: '__Host-apigate.session_token',
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
    })
    await page.getByRole('button', { name: 'Sign out' }).click()
    await expect(page).toHaveURL(`${portal}/login`)
    expect(await sessionOf(page)).toBeUndefined()
  }
})

test('strict cookies do not come with a link from elsewhere, and the person is signed in all the same', async ({
  page,
}) => {
  await server.asAdmin('PUT', '/admin/settings/session_same_site', { value: 'strict' })
  const other = await startOtherSite({ '/': `<a href="${portal}/keys">Your keys</a>` })
  await page.goto(`${portal}/login`)
  await signIn(page)
  expect(await sessionOf(page)).toMatchObject({ sameSite: 'Strict' })
  await page.goto(other.url)
  await page.getByRole('link').click()
  await expect(page).toHaveURL(`${portal}/keys`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('API keys')
  await other.stop()
})

test('a mailed link to a new password works with strict cookies, also for who is signed in', async ({
  page,
}) => {
  await server.asAdmin('PUT', '/admin/settings/session_same_site', { value: 'strict' })
  await server.asAdmin('PUT', '/admin/settings/portal_reset_rate_limit', { value: 1000 })
  await page.goto(`${portal}/login`)
  await signIn(page)
  await fetch(`${server.url}/auth/forgot-password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email }),
  })
  const link = await mailedLink(email, 'reset', server)
  const other = await startOtherSite({ '/': `<a href="${link}">Choose a new password</a>` })
  await page.goto(other.url)
  await page.getByRole('link').click()
  await expect(page).toHaveURL(/\/portal\/reset-password\?token=/)
  await page.getByLabel('New password').fill(password)
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText('Sign in with the new one')).toBeVisible()
  await other.stop()
})

test('a site that may embed the portal has its people sign in and work inside the frame', async ({
  page,
}) => {
  const other = await startOtherSite({
    '/': `<iframe src="${portal}" style="width:100%;height:700px"></iframe>`,
  })
  const frame = page.frameLocator('iframe')
  await page.goto(other.url)
  await expect(frame.getByLabel('E-mail')).toHaveCount(0)

  await server.asAdmin('PUT', '/admin/settings/portal_embed_origins', { value: [other.url] })
  await page.goto(other.url)
  await signIn(frame)
  expect(await sessionOf(page)).toMatchObject({ secure: true, sameSite: 'None' })
  const [cookie] = (await page.context().cookies()).filter((one) => one.name.includes('session'))
  expect(cookie).toHaveProperty('partitionKey')
  await page.reload()
  await expect(frame.getByRole('heading', { level: 1 })).toContainText('Hello')
  await frame.getByRole('link', { name: 'API keys' }).filter({ visible: true }).first().click()
  await expect(frame.getByRole('heading', { level: 1 })).toHaveText('API keys')

  // The same browser, on the portal itself: another partition, not signed in.
  await page.goto(portal)
  await expect(page).toHaveURL(`${portal}/login?next=%2F`)
  await page.goto(other.url)
  await frame.getByRole('button', { name: 'Sign out' }).filter({ visible: true }).click()
  await expect(frame.getByLabel('Password')).toBeVisible()
  await other.stop()
})

test('an application opens the portal for its own people: in a frame, and with strict cookies by a link', async ({
  page,
}) => {
  const pages: Record<string, string> = {}
  const other = await startOtherSite(pages)
  const ask = () =>
    asOperator<{ url: string }>('POST', '/admin/portal-sessions', { user_id: email }, server)
  await server.asAdmin('PUT', '/admin/settings/portal_embed_origins', { value: [other.url] })
  pages['/'] = `<iframe src="${(await ask()).url}" style="width:100%;height:700px"></iframe>`
  await page.goto(other.url)
  const frame = page.frameLocator('iframe')
  await expect(frame.getByRole('heading', { level: 1 })).toContainText('Hello, Ada')

  await server.asAdmin('PUT', '/admin/settings/portal_embed_origins', { value: [] })
  await server.asAdmin('PUT', '/admin/settings/session_same_site', { value: 'strict' })
  await page.context().clearCookies()
  pages['/link'] = `<a href="${(await ask()).url}&next=/keys">Open the portal</a>`
  await page.goto(`${other.url}/link`)
  await page.getByRole('link').click()
  await expect(page).toHaveURL(`${portal}/keys`)
  expect(await sessionOf(page)).toMatchObject({ sameSite: 'Strict' })
  await other.stop()
})
