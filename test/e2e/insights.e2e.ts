import { expect, test } from '@playwright/test'
import { baseUrl, expectAccessible, register, signInAsAdmin } from './visitor.ts'

test('an operator finds who uses how much, by a filter that says where it is wrong', async ({
  page,
  browser,
  javaScriptEnabled,
}) => {
  const guest = await (await browser.newContext({ javaScriptEnabled })).newPage()
  const email = await register(guest, 'Grace Hopper')
  await guest.context().close()
  await signInAsAdmin(page)
  await page.goto(`${baseUrl()}/admin/usage`)
  await expect(page.getByText('Active customers, 30 days')).toBeVisible()
  await expect(page.getByText('Near their quota').first()).toBeVisible()
  await page.getByRole('link', { name: 'Last 7 days' }).click()
  const week = page.getByRole('link', { name: 'Last 7 days' })
  await expect(week).toHaveAttribute('aria-current', 'page')
  const tabs = page.getByRole('navigation', { name: 'Usage' })
  await tabs.getByRole('link', { name: 'Customers' }).click()
  await page.getByLabel('Filter').fill(`email == "${email}" and requests < 5`)
  await page.getByRole('button', { name: 'Show' }).click()
  await expect(page.getByRole('rowheader')).toHaveCount(1)
  await expect(page.getByRole('rowheader')).toContainText(email)
  await page.getByLabel('Filter').fill('quota > 80')
  await page.getByRole('button', { name: 'Show' }).click()
  await expect(page.getByText('Position 1: there is no field “quota”.')).toBeVisible()
  await expect(page.getByLabel('Filter')).toHaveValue('quota > 80')
  if (javaScriptEnabled === false) return
  for (const path of ['/admin/usage', '/admin/usage/customers']) {
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      await page.goto(`${baseUrl()}${path}`)
      await expectAccessible(page)
    }
  }
})
