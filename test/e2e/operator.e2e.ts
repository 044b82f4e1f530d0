import { expect, test } from '@playwright/test'
import { baseUrl, expectAccessible, signInAsAdmin } from './visitor.ts'

test('an operator signs in, adds a plan and a customer, suspends and deletes', async ({ page }) => {
  await signInAsAdmin(page)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Home')

  const plan = `Team ${Date.now()}${Math.random()}`.replace('.', '')
  await page.goto(`${baseUrl()}/admin/plans/new`)
  await page.getByLabel('Name').fill(plan)
  await page.getByLabel('Requests a minute').fill('many')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await expect(page.getByLabel('Name')).toHaveValue(plan)
  await page.getByLabel('Requests a minute').fill('250')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  await expect(page.getByLabel('Requests a minute')).toHaveValue('250')

  const customer = `${Math.random().toString(36).slice(2)}@customer.example`
  await page.goto(`${baseUrl()}/admin/users/new`)
  await page.getByLabel('E-mail').fill(customer)
  await page.getByLabel('Plan').selectOption({ label: plan })
  await page.getByRole('button', { name: 'Add user' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(customer)
  await page.getByRole('button', { name: 'Suspend…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click()
  await expect(page.getByRole('button', { name: 'End the suspension' })).toBeVisible()
  await page.getByRole('button', { name: 'Delete…' }).click()
  await page.getByRole('button', { name: 'for good' }).click()
  await expect(page.getByText('The user is deleted.')).toBeVisible()

  await page.goto(`${baseUrl()}/admin/audit?action=users`)
  await expect(page.getByRole('table').getByText('Account deleted').first()).toBeVisible()
  await page.goto(`${baseUrl()}/admin/settings`)
  const setting = page.locator('#portal_welcome_message')
  await setting.getByRole('textbox').fill('Good to see you.')
  await page.locator('form', { has: setting }).getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(`${baseUrl()}/portal/login`)
})

test('a customer is told that the admin’s pages are not theirs', async ({ page }) => {
  const { register } = await import('./visitor.ts')
  await register(page)
  const answer = await page.goto(`${baseUrl()}/admin/users`)
  expect(answer?.status()).toBe(403)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This is not yours to open')
})

test('axe finds nothing on the admin’s pages', async ({ page, javaScriptEnabled }) => {
  test.setTimeout(120_000)
  const email = await signInAsAdmin(page)
  for (const path of [
    '',
    '/users',
    '/users/new',
    `/users/${email}`,
    '/plans',
    '/plans/free',
    '/upstreams',
    '/upstreams/api',
    '/routes',
    '/routes/Hello',
    '/settings',
    '/mail',
    '/audit',
  ]) {
    await page.goto(`${baseUrl()}/admin${path}`)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    if (javaScriptEnabled !== false) await expectAccessible(page)
  }
})
