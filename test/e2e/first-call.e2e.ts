import { expect, test } from '@playwright/test'
import { baseUrl, expectAccessible, password, register } from './visitor.ts'

test('a stranger registers, creates a key, calls the API, and sees the call two seconds later', async ({
  page,
  javaScriptEnabled,
}) => {
  const email = await register(page)
  await expect(page.getByText('Your first call, in three steps')).toBeVisible()
  await page.getByRole('link', { name: 'Create key' }).click()
  await page.getByLabel('Name').fill('Backend')
  await page.getByRole('button', { name: 'Create key' }).click()
  await expect(page.getByText('Store this key now')).toBeVisible()
  const key = (await page.locator('[data-secret] pre').textContent()) ?? ''
  expect(key).toMatch(/^ak_live_[0-9A-Za-z]{49}$/)
  await expect(page.getByText(`curl -i ${baseUrl()}/v1/hello -H 'X-API-Key: ${key}'`)).toBeVisible()
  await page.getByRole('link', { name: 'I have stored it' }).click()
  await expect(page.getByRole('rowheader', { name: 'Backend' })).toBeVisible()
  expect(await page.content()).not.toContain(key)

  const answer = await fetch(`${baseUrl()}/v1/hello`, { headers: { 'x-api-key': key } })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('x-ratelimit-limit')).toBe('100')
  expect(answer.headers.get('x-quota-remaining')).toBe('9999')
  await page.waitForTimeout(1900)
  await page.goto(`${baseUrl()}/portal`)
  await expect(page.getByText('1 of 10,000')).toBeVisible()
  await expect(page.getByText('GET /v1/hello').first()).toBeVisible()

  await page.goto(`${baseUrl()}/portal/keys`)
  await page.getByRole('link', { name: 'Backend' }).click()
  await page.locator('summary', { hasText: 'Revoke' }).click()
  await page.getByRole('button', { name: 'for good' }).click()
  await expect(page.getByText('The key is revoked.')).toBeVisible()
  const refused = await fetch(`${baseUrl()}/v1/hello`, { headers: { 'x-api-key': key } })
  expect(refused.status).toBe(401)
  expect(((await refused.json()) as { code: string }).code).toBe('key_revoked')

  const menu = page.getByRole('button', { name: 'Sign out' })
  await menu.click()
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('do not match').first()).toBeVisible()
  await expect(page.getByLabel('E-mail')).toHaveValue(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Hello')
  expect(javaScriptEnabled).toBeDefined()
})

test('a page asked for before signing in is the page that comes after', async ({ page }) => {
  const email = await register(page)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(`${baseUrl()}/portal/login`)
  await page.goto(`${baseUrl()}/portal/keys?status=all`)
  await expect(page).toHaveURL(/\/portal\/login\?next=/)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(`${baseUrl()}/portal/keys?status=all`)
})

test('no page to come after signing in leads off the site, however it is written', async ({
  page,
}) => {
  await register(page)
  for (const next of [
    ...['//evil.example', '/\\evil.example', 'https:evil.example', 'https://evil.example'],
    ...['/%2Fevil.example', '/%5Cevil.example', '/%2e%2e//evil.example', '/..//evil.example'],
    ...[
      '/\r\nSet-Cookie:x=1',
      '/%0d%0aSet-Cookie:x=1',
      '\t//evil.example',
      '/admin/..//evil.example',
    ],
    ...['/@evil.example', '.evil.example', 'javascript:alert(1)'],
  ])
    for (const door of ['login', 'continue']) {
      const url = `${baseUrl()}/portal/${door}?next=${encodeURIComponent(next)}`
      const answer = await page.request.get(url, { maxRedirects: 0 })
      const address =
        answer.headers().location ?? /url=([^"]+)"/.exec(await answer.text())?.[1] ?? ''
      expect([next, new URL(address, baseUrl()).origin]).toEqual([next, baseUrl()])
      expect(answer.headers()['set-cookie'] ?? '').not.toContain('x=1')
    }
})

test('the portal speaks French, and stays French', async ({ page }) => {
  await register(page)
  await page.goto(`${baseUrl()}/portal/keys?lang=fr`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Clés d’API')
  await page.goto(`${baseUrl()}/portal/settings`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Paramètres')
})

test('what a rule says is said in French, too', async ({ page }) => {
  await page.goto(`${baseUrl()}/portal/register?lang=fr`)
  await page.getByLabel('E-mail').fill('pas une adresse')
  await page.getByRole('button', { name: 'Créer un compte' }).click()
  const problems = page.getByRole('alert')
  await expect(problems).toContainText('Une adresse e-mail ne contient pas d’espace')
  await expect(problems).toContainText('Remplissez ce champ.')
  await page.getByLabel('E-mail').fill('ada@example.fr')
  await page.getByLabel('Mot de passe').fill('court')
  await page.getByRole('button', { name: 'Créer un compte' }).click()
  await expect(problems).toContainText('Le mot de passe doit compter au moins 8 caractères.')
})

test('what goes wrong in a form stands at its field, and what was typed stays', async ({
  page,
}) => {
  await page.goto(`${baseUrl()}/portal/register`)
  await page.getByLabel('E-mail').fill('not an address')
  await page.getByLabel('Password').fill('short')
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('alert')).toContainText('An e-mail address has no spaces in it')
  await expect(page.getByLabel('E-mail')).toHaveValue('not an address')
  await expect(page.getByLabel('E-mail')).toHaveAttribute('aria-invalid', 'true')
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no page has what axe finds, in ${colorScheme}`, { tag: '@js' }, async ({ page }) => {
    test.setTimeout(120_000)
    await page.emulateMedia({ colorScheme })
    for (const path of ['/login', '/register', '/nowhere']) {
      await page.goto(`${baseUrl()}/portal${path}`)
      await expectAccessible(page)
    }
    await register(page)
    for (const path of [
      '',
      '/keys',
      '/keys/new',
      '/usage',
      '/logs',
      '/settings',
      '/settings/security',
      '/help/errors/quota_exceeded',
    ]) {
      for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: 800 })
        await page.goto(`${baseUrl()}/portal${path}`)
        await expectAccessible(page)
      }
    }
  })
}
