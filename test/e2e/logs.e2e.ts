import { expect, type Page, test } from '@playwright/test'
import { baseUrl, expectAccessible, register } from './visitor.ts'

/** Creates a key in the browser and returns it. */
async function createKey(page: Page, name: string): Promise<string> {
  await page.goto(`${baseUrl()}/portal/keys/new`)
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Create key' }).click()
  await expect(page.getByText('Store this key now')).toBeVisible()
  return (await page.locator('[data-secret] pre').textContent()) ?? ''
}

const callApi = (key: string, path: string) =>
  fetch(`${baseUrl()}${path}`, { headers: { 'x-api-key': key } })

test('a developer watches requests arrive, or loads the page again where there is no JavaScript', async ({
  page,
  javaScriptEnabled,
}) => {
  await register(page)
  const key = await createKey(page, 'Watched')
  await page.goto(`${baseUrl()}/portal/logs`)
  await expect(page.getByText('No requests match')).toBeVisible()
  if (javaScriptEnabled !== false) {
    await page.getByRole('button', { name: 'Follow live' }).click()
    await expect(page.getByRole('status').filter({ hasText: 'Live' })).toBeVisible()
    await callApi(key, '/v1/hello?token=not-to-be-seen')
    await expect(page.getByRole('link', { name: 'GET /v1/hello' })).toBeVisible({ timeout: 2500 })
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Stop following' }).click()
  } else {
    await callApi(key, '/v1/hello?token=not-to-be-seen')
    await page.waitForTimeout(1900)
    await page.getByRole('link', { name: 'Load again' }).click()
    await expect(page.getByRole('link', { name: 'GET /v1/hello' })).toBeVisible()
  }
  await page.getByRole('link', { name: 'GET /v1/hello' }).click()
  await expect(page.getByText('Limits at that moment')).toBeVisible()
  expect(await page.content()).not.toContain('not-to-be-seen')
})
