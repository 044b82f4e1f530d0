import { expect, type Page, test } from '@playwright/test'
import { baseUrl, codeOf, expectAccessible, password, register } from './visitor.ts'

async function giveEmailAndPassword(page: Page, email: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Enter your code')
}

async function giveCode(page: Page, code: string): Promise<void> {
  await page.getByLabel('Code', { exact: true }).fill(code)
  await page.getByRole('button', { name: 'Continue' }).click()
}

test('a customer turns codes on, signs in with one and with a recovery code, and turns them off', async ({
  page,
  javaScriptEnabled,
}) => {
  const accessible = async () => {
    if (javaScriptEnabled !== false) await expectAccessible(page)
  }
  const signOut = () => page.getByRole('button', { name: 'Sign out' }).click()
  const email = await register(page)
  const security = `${baseUrl()}/portal/settings/security`
  await page.goto(security)
  const card = page.locator('section', { has: page.locator('#two-factor') })
  await card.getByRole('link', { name: 'Set it up' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByRole('alert')).toContainText('This is not your password.')
  await accessible()
  await page.getByLabel('Current password').fill(password)
  await page.getByRole('button', { name: 'Continue' }).click()

  await expect(page.getByRole('img', { name: 'QR code' })).toBeVisible()
  await accessible()
  const secret = (await page.locator('[data-totp]').textContent()) ?? ''
  const codes = await page.locator('[data-secret] li').allTextContents()
  expect(codes).toHaveLength(10)
  await page.getByLabel('Code', { exact: true }).fill('000000')
  await page.getByLabel('I have stored').check()
  await page.getByRole('button', { name: 'Turn on' }).click()
  await expect(page.getByRole('alert')).toContainText('This code is wrong')
  expect(await page.locator('[data-totp]').textContent()).toBe(secret)
  await page.getByLabel('Code', { exact: true }).fill(codeOf(secret))
  await page.getByRole('button', { name: 'Turn on' }).click()
  await expect(page.getByText('Two-factor authentication is on.')).toBeVisible()
  await expect(page.getByText('10 recovery codes left')).toBeVisible()
  await accessible()

  await signOut()
  await page.goto(`${baseUrl()}/portal/keys`)
  await giveEmailAndPassword(page, email)
  await accessible()
  await page.goto(`${baseUrl()}/portal/keys`)
  await expect(page).toHaveURL(/\/portal\/login\?next=/)
  await giveEmailAndPassword(page, email)
  await giveCode(page, '000000')
  await expect(page.getByRole('alert')).toContainText('This code is wrong')
  await giveCode(page, codeOf(secret, 1))
  await expect(page).toHaveURL(`${baseUrl()}/portal/keys`)

  await signOut()
  await giveEmailAndPassword(page, email)
  await giveCode(page, codes[0]!.toUpperCase())
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Hello')
  await page.goto(security)
  await expect(page.getByText('9 recovery codes left')).toBeVisible()
  await page.getByRole('link', { name: 'New recovery codes' }).click()
  await expect(page).toHaveURL(`${security}/recovery-codes`)
  await expect(page.getByRole('button', { name: 'Make new codes' })).toBeVisible()
  await page.getByLabel('Current password').fill(password)
  await page.getByLabel('Code', { exact: true }).fill(codes[1]!)
  await page.getByRole('button', { name: 'Make new codes' }).click()
  await expect(page.getByText('Store these codes now.')).toBeVisible()
  await accessible()
  const [fresh] = await page.locator('[data-secret] li').allTextContents()
  await page.getByRole('link', { name: 'I have stored' }).click()

  await card.locator('summary', { hasText: 'Turn off' }).click()
  await card.getByLabel('Current password').fill(password)
  await card.getByLabel('Code').fill(fresh!)
  await card.getByRole('button', { name: 'Turn off two-factor' }).click()
  await expect(page.getByText('Two-factor authentication is off.')).toBeVisible()
  await signOut()
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Hello')
})

/** Sets codes up in the browser and returns the key that the app was given. */
async function turnOn(page: Page): Promise<string> {
  await page.goto(`${baseUrl()}/portal/settings/security/two-factor`)
  await page.getByLabel('Current password').fill(password)
  await page.getByRole('button', { name: 'Continue' }).click()
  const secret = (await page.locator('[data-totp]').textContent()) ?? ''
  await page.getByLabel('Code', { exact: true }).fill(codeOf(secret))
  await page.getByLabel('I have stored').check()
  await page.getByRole('button', { name: 'Turn on' }).click()
  await expect(page.getByText('Two-factor authentication is on.')).toBeVisible()
  return secret
}

test('five wrong codes lead back to the start', async ({ page }) => {
  const email = await register(page)
  const secret = await turnOn(page)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await giveEmailAndPassword(page, email)
  for (let guess = 0; guess < 5; guess++) {
    await giveCode(page, `00000${guess}`)
    await expect(page.getByRole('alert')).toContainText('This code is wrong')
  }
  await giveCode(page, codeOf(secret, 1))
  await expect(page).toHaveURL(/\/portal\/login\?expired/)
  await expect(page.getByText('Please sign in again.')).toBeVisible()
})

test('where the organization requires codes, who turned theirs off is led to set them up', async ({
  page,
  javaScriptEnabled,
}) => {
  await register(page)
  await page.goto(`${baseUrl()}/portal/settings/security`)
  await page.getByRole('button', { name: 'Require it' }).click()
  await expect(page.getByRole('alert')).toContainText('for yourself first')
  const secret = await turnOn(page)
  await page.getByRole('button', { name: 'Require it' }).click()
  await expect(page.getByRole('button', { name: 'Stop requiring it' })).toBeVisible()
  const card = page.locator('section', { has: page.locator('#two-factor') })
  await card.locator('summary').click()
  await card.getByLabel('Current password').fill(password)
  await card.getByLabel('Code').fill(codeOf(secret, 1))
  await card.getByRole('button', { name: 'Turn off two-factor' }).click()
  await expect(page.getByText('Two-factor authentication is off.')).toBeVisible()
  for (const path of ['', '/keys', '/usage', '/logs']) {
    await page.goto(`${baseUrl()}/portal${path}`)
    await expect(page).toHaveURL(/\/portal\/settings\/security/)
    await expect(page.getByText('requires two-factor authentication')).toBeVisible()
  }
  if (javaScriptEnabled !== false) await expectAccessible(page)
  await turnOn(page)
  await page.goto(`${baseUrl()}/portal/keys`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('API keys')
})
