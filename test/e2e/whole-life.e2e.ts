import { expect, test } from '@playwright/test'
import { type OwnServer, startOwnServer } from './own-server.ts'
import { codeOf, mailedLink, password } from './visitor.ts'

let server: OwnServer
test.beforeAll(async () => {
  server = await startOwnServer()
  await server.asAdmin('PUT', '/admin/settings/require_email_verification', { value: true })
})
test.afterAll(() => server.stop())

test('a person registers, confirms, turns codes on, signs in with one, resets the password, and deletes the account', async ({
  page,
}) => {
  const portal = `${server.url}/portal`
  const email = 'grace@example.com'
  const newPassword = 'another sentence, as long'
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const title = page.getByRole('heading', { level: 1 })
  const givePassword = async (given: string) => {
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill(given)
    await button('Sign in').click()
  }
  const signIn = async (given: string, code: string) => {
    await givePassword(given)
    await expect(title).toHaveText('Enter your code')
    await page.getByLabel('Code', { exact: true }).fill(code)
    await button('Continue').click()
  }

  await page.goto(`${portal}/register`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Name').fill('Grace')
  await page.getByLabel('Password').fill(password)
  await button('Create account').click()
  await page.goto(await mailedLink(email, 'verify', server))
  await expect(title).toHaveText('Your address is confirmed')

  await page.goto(`${portal}/settings/security/two-factor`)
  await givePassword(password)
  await page.getByLabel('Current password').fill(password)
  await button('Continue').click()
  const secret = (await page.locator('[data-totp]').textContent()) ?? ''
  const [recovery] = await page.locator('[data-secret] li').allTextContents()
  await page.getByLabel('Code', { exact: true }).fill(codeOf(secret))
  await page.getByLabel('I have stored').check()
  await button('Turn on').click()
  await expect(page.getByText('Two-factor authentication is on.')).toBeVisible()

  await button('Sign out').click()
  await signIn(password, codeOf(secret, 1))
  await expect(title).toContainText('Grace')

  await button('Sign out').click()
  await page.getByRole('link', { name: 'Forgot' }).click()
  await expect(page).toHaveURL(`${portal}/forgot-password`)
  await page.getByLabel('E-mail').fill(email)
  await button('Send the link').click()
  await page.goto(await mailedLink(email, 'reset', server))
  await page.getByLabel('New password').fill(newPassword)
  await button('Change password').click()
  await expect(page.getByText('Sign in with the new one')).toBeVisible()
  await signIn(newPassword, recovery!)
  await expect(title).toContainText('Grace')

  await page.goto(`${portal}/settings/data`)
  await page.locator('summary', { hasText: 'Delete' }).click()
  await page.getByLabel('Your password').fill(newPassword)
  await button('Delete my account for good').click()
  await expect(page.getByText('Your account is deleted.')).toBeVisible()
  await givePassword(newPassword)
  await expect(page.getByRole('alert')).toContainText('do not match')
})
