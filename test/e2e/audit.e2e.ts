import { expect, type Page, test } from '@playwright/test'
import { baseUrl, checkLooks, register, signInAsAdmin } from './visitor.ts'

async function createKey(page: Page, name: string): Promise<void> {
  await page.goto(`${baseUrl()}/portal/keys/new`)
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Create key' }).click()
  await expect(page.getByText('ak_live_').first()).toBeVisible()
}

test('a customer reads in words what happened, narrows it down, and takes it along', async ({
  page,
  javaScriptEnabled,
}) => {
  await register(page)
  await createKey(page, 'Build server')
  await page.goto(`${baseUrl()}/portal/settings`)
  await page.getByRole('link', { name: 'Activity' }).click()
  const entries = page.getByRole('list', { name: 'Activity' }).getByRole('listitem')
  await expect(entries.first()).toContainText('API key created')
  await expect(entries.first()).toContainText('Build server')
  await expect(entries.filter({ hasText: 'Account registered' })).toHaveCount(1)
  await entries.first().locator('summary').click()
  await expect(entries.first().getByRole('cell', { name: 'Build server' })).toBeVisible()
  await checkLooks(page, javaScriptEnabled)

  await page.getByLabel('What').selectOption({ label: 'Accounts: all' })
  await page.getByRole('button', { name: 'Show' }).click()
  await expect(page).toHaveURL(/action=users\./)
  await expect(page.getByText('API key created', { exact: true })).toHaveCount(0)
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'CSV' }).click()
  expect((await download).suggestedFilename()).toMatch(/^audit-.*\.csv$/)
  await page.getByLabel('Search').fill('nothing like it')
  await page.getByRole('button', { name: 'Show' }).click()
  await expect(page.getByText('Nothing matches')).toBeVisible()
})

test('an operator finds a row, sees what it changed, and goes on to its neighbours', async ({
  page,
  javaScriptEnabled,
}) => {
  const email = await signInAsAdmin(page)
  const name = `Rush ${Date.now()}${Math.random()}`.replace('.', '')
  await page.goto(`${baseUrl()}/admin/plans/new`)
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  await page.getByLabel('Requests a minute').fill('321')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByLabel('Requests a minute')).toHaveValue('321')

  await page.goto(`${baseUrl()}/admin/audit`)
  await checkLooks(page, javaScriptEnabled)
  await page.getByLabel('Who').fill(email)
  await page.getByLabel('What').selectOption({ label: 'Plans: Plan changed' })
  await page.getByRole('button', { name: 'Show' }).click()
  await page.getByRole('link', { name: 'Plan changed' }).first().click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Plan changed')
  const change = page.getByRole('row', { name: 'rate_limit_per_minute' })
  await expect(change).toContainText('–')
  await expect(change).toContainText('321')
  await checkLooks(page, javaScriptEnabled)
  await page.getByRole('link', { name: 'All on this target' }).click()
  await expect(page.getByRole('rowheader')).toHaveText(['Plan changed', 'Plan created'])
})

test('a form that did not come from its page is refused by a page, and nothing is changed', async ({
  page,
}) => {
  await register(page)
  const answer = await page.request.post(`${baseUrl()}/portal/settings?form=profile`, {
    form: { name: 'Mallory', _csrf: 'made up' },
    headers: { accept: 'text/html' },
  })
  expect(answer.status()).toBe(403)
  expect(answer.headers()['content-type']).toContain('text/html')
  expect(await answer.text()).toContain('This form has grown old')
  await page.goto(`${baseUrl()}/portal/settings`)
  await expect(page.getByLabel('Name').first()).toHaveValue('Ada Lovelace')
})
