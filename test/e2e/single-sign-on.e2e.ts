import { expect, type Page, test } from '@playwright/test'
import { type Keycloak, startKeycloak } from '../keycloak.ts'
import { type OwnServer, startOwnServer } from './own-server.ts'
import { expectAccessible } from './visitor.ts'

let server: OwnServer
let keycloak: Keycloak
const set = (key: string, value: unknown) =>
  server.asAdmin('PUT', `/admin/settings/${key}`, { value })

test.beforeAll(async () => {
  server = await startOwnServer()
  keycloak = await startKeycloak([`${server.url}/auth/sso/callback`])
  keycloak.people.set('ada', { email: 'ada@example.com', email_verified: true, name: 'Ada' })
  keycloak.people.set('nora', {
    ...{ email: 'nora@example.com', email_verified: true, name: 'Nora' },
    realm_access: { roles: ['admin'] },
  })
  await set('sso_provider', 'oidc')
  await set('sso_name', 'Keycloak')
  await set('sso_issuer_url', keycloak.issuer)
  await set('sso_client_id', keycloak.clientId)
  await set('sso_client_secret', keycloak.clientSecret)
  await set('sso_role_claim', 'realm_access.roles')
})
test.afterAll(async () => {
  await server.stop()
  await keycloak.stop()
})

async function passRealm(page: Page, name: string) {
  await expect(page).toHaveTitle('Sign in to the realm')
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

for (const sameSite of ['lax', 'strict']) {
  test(`a person signs in at the provider and comes to the page that they wanted, cookies ${sameSite}`, async ({
    page,
  }) => {
    await set('session_same_site', sameSite)
    await page.goto(`${server.url}/portal/keys?status=all`)
    await page.getByRole('link', { name: 'Sign in with Keycloak' }).click()
    await passRealm(page, 'ada')
    await expect(page).toHaveURL(`${server.url}/portal/keys?status=all`)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('API keys')
    const cookies = await page.context().cookies(server.url)
    expect(cookies.find(({ name }) => name.endsWith('session_token'))?.sameSite.toLowerCase()).toBe(
      sameSite,
    )
    await set('session_same_site', 'lax')
  })
}

test('who the provider calls an administrator comes to the admin', async ({ page }) => {
  await page.goto(`${server.url}/portal/register`)
  await page.getByRole('link', { name: 'Sign in with Keycloak' }).click()
  await passRealm(page, 'nora')
  await expect(page).toHaveURL(`${server.url}/admin`)
})

test('a sign-in that fails ends on a page that says why, in the reader’s language', async ({
  page,
  javaScriptEnabled,
}) => {
  await page.goto(`${server.url}/portal/login`)
  await page.getByRole('link', { name: 'Sign in with Keycloak' }).click()
  await passRealm(page, '')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You are not signed in')
  await expect(page.getByText('was cancelled, or refused there')).toBeVisible()
  await expect(page.getByText(/sso_refused · req_[0-9a-z]{26}/)).toBeVisible()
  if (javaScriptEnabled !== false) await expectAccessible(page)
  await page.goto(`${server.url}/auth/sso/callback?code=x&state=y&lang=fr`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Recommencez la connexion')
  await page.getByRole('link', { name: 'Retour' }).click()
  await expect(page).toHaveURL(/\/portal\/login/)
  if (javaScriptEnabled !== false) await expectAccessible(page)
})
