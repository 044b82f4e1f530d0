import { expect, type Page, test } from '@playwright/test'
import { asOperator, baseUrl, codeOf, expectAccessible, password, register } from './visitor.ts'

const makeUser = (name: string) =>
  asOperator<{ id: string; email: string }>('POST', '/admin/users', {
    ...{ email: `${Math.random().toString(36).slice(2)}@app.example`, name, password },
  })

/** What the operator's server gets for a user, and sends the browser to. */
const urlFor = async ({ id }: { id: string }) =>
  (await asOperator<{ url: string }>('POST', '/admin/portal-sessions', { user_id: id })).url

const title = (page: Page) => page.getByRole('heading', { level: 1 })

test('the operator’s application sends somebody into the portal, once, to the page that it wants', async ({
  page,
  browser,
}) => {
  const ada = await makeUser('Ada')
  const url = await urlFor(ada)
  expect(url.startsWith(`${baseUrl()}/portal/enter?code=`)).toBe(true)
  expect((await page.request.head(url)).headers()['set-cookie']).not.toContain('session_token')
  await page.goto(`${url}&next=/keys`)
  await expect(page).toHaveURL(`${baseUrl()}/portal/keys`)
  await expect(title(page)).toHaveText('API keys')

  const elsewhere = await browser.newPage()
  for (const used of [url, `${baseUrl()}/portal/enter?code=vrf_x.y`, `${baseUrl()}/portal/enter`]) {
    expect((await elsewhere.goto(used))?.status()).toBe(422)
    await expect(title(elsewhere)).toHaveText('This link does not work any more')
  }
  for (const next of ['//evil.example', '/\\evil.example', 'https:evil.example']) {
    await elsewhere.goto(`${await urlFor(ada)}&next=${encodeURIComponent(next)}`)
    await expect(elsewhere).toHaveURL(`${baseUrl()}/portal`)
  }
  await elsewhere.close()
})

test('who is signed in as somebody else is asked before the browser changes over', async ({
  page,
  javaScriptEnabled,
}) => {
  const email = await register(page)
  const ada = await makeUser('Ada Byron')
  const url = await urlFor(ada)
  await page.goto(`${url}&next=/keys`)
  await expect(title(page)).toHaveText('Open the portal as Ada Byron')
  await expect(page.getByText(email)).toBeVisible()
  if (javaScriptEnabled !== false) await expectAccessible(page)
  await page.getByRole('button', { name: 'Go on as Ada Byron' }).click()
  await expect(page).toHaveURL(`${baseUrl()}/portal/keys`)
  await expect(page.getByText(ada.email).filter({ visible: true })).toBeVisible()
  await page.goto(await urlFor(ada))
  await expect(title(page)).toHaveText('Hello, Ada')
})

test('who has a second factor is asked for it, and comes to the page all the same', async ({
  page,
}) => {
  const email = await register(page)
  await page.goto(`${baseUrl()}/portal/settings/security/two-factor`)
  await page.getByLabel('Current password').fill(password)
  await page.getByRole('button', { name: 'Continue' }).click()
  const secret = (await page.locator('[data-totp]').textContent()) ?? ''
  await page.getByLabel('Code', { exact: true }).fill(codeOf(secret))
  await page.getByLabel('I have stored').check()
  await page.getByRole('button', { name: 'Turn on' }).click()
  await expect(page.getByText('Two-factor authentication is on.')).toBeVisible()
  await page.context().clearCookies()

  await page.goto(`${await urlFor({ id: email })}&next=/keys`)
  await expect(title(page)).toHaveText('Enter your code')
  await page.getByLabel('Code', { exact: true }).fill(codeOf(secret, 1))
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page).toHaveURL(`${baseUrl()}/portal/keys`)
})
