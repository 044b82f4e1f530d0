import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@playwright/test'
import { baseUrl, checkLooks, register } from './visitor.ts'

test('a delivery that was given up is found among the others, and its long answer fits the screen', async ({
  page,
  javaScriptEnabled,
}) => {
  const answers = [200, 500]
  const server = createServer((_, response) => {
    response.statusCode = answers.shift() ?? 200
    response.end('an answer of one long line '.repeat(30) + 'x'.repeat(200))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  await register(page)
  await page.goto(`${baseUrl()}/portal/webhooks/new`)
  await page.getByLabel('Address', { exact: true }).fill(`http://${host}/orders`)
  await page.getByRole('checkbox', { name: /^All events/ }).uncheck()
  await page.getByRole('button', { name: 'Add webhook' }).click()
  await expect(page.getByRole('group', { name: 'Events' })).toHaveAccessibleDescription(
    'Choose at least one event',
  )
  await page.getByRole('checkbox', { name: /^Plan changed/ }).check()
  await page.getByRole('button', { name: 'Add webhook' }).click()
  await page.getByRole('link', { name: 'I have stored it' }).click()
  for (const status of ['200', '500']) {
    await page.getByRole('button', { name: 'Send test' }).click()
    await expect(page.getByText(status, { exact: true })).toBeVisible()
    await checkLooks(page, javaScriptEnabled)
    await page.getByRole('link', { name: host }).click()
  }
  const rows = page.getByRole('row', { name: 'webhook.test' })
  await expect(rows).toHaveCount(2)
  await page.getByRole('link', { name: 'Given up' }).click()
  await expect(rows).toHaveCount(1)
  await expect(rows).toContainText('500')
  await page.getByRole('link', { name: 'Under way' }).click()
  await expect(page.getByText('None of these')).toBeVisible()
  server.close()
})
