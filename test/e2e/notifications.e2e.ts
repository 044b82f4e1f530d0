import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, type Page, test } from '@playwright/test'
import { Webhook } from 'standardwebhooks'
import { baseUrl, checkLooks, register } from './visitor.ts'

async function createKey(page: Page, name: string): Promise<void> {
  await page.goto(`${baseUrl()}/portal/keys/new`)
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Create key' }).click()
  await expect(page.getByText('Store this key now')).toBeVisible()
}

const bell = (page: Page) => page.getByRole('link', { name: /^Notifications/ })

test('news arrive at the bell, are read, and each person chooses how they are mailed', async ({
  page,
  javaScriptEnabled,
}) => {
  test.setTimeout(120_000)
  await register(page)
  await createKey(page, 'First')
  // The welcome and the key.
  await expect(async () => {
    if (javaScriptEnabled === false) await page.goto(`${baseUrl()}/portal/keys`)
    await expect(bell(page)).toHaveAccessibleName('Notifications, 2 unread')
  }).toPass({ timeout: 20_000 })
  await bell(page).click()
  await expect(page.getByRole('link', { name: 'New API key “First”' })).toBeVisible()
  await checkLooks(page, javaScriptEnabled)
  await page.getByRole('button', { name: /^Mark as read.*Welcome/ }).click()
  await expect(bell(page)).toHaveAccessibleName('Notifications, 1 unread')
  await page.getByRole('button', { name: 'Mark all as read' }).click()
  await expect(page.getByText('Everything is marked as read.')).toBeVisible()
  await expect(bell(page)).toHaveAccessibleName('Notifications')
  await page.getByRole('link', { name: 'Unread', exact: true }).click()
  await expect(page.getByText('You have read everything')).toBeVisible()

  await page.goto(`${baseUrl()}/portal/settings/alerts`)
  const save = async (at: number) => {
    if (javaScriptEnabled === false)
      await page.getByRole('button', { name: 'Save' }).nth(at).click()
    await expect(page.getByText('Saved.')).toBeVisible()
  }
  if (javaScriptEnabled !== false) await expect(page.getByText('Changes are saved')).toHaveCount(2)
  await page.getByLabel('Key created').selectOption({ label: 'Once a day' })
  await save(1)
  await page.getByRole('checkbox', { name: /^Slack/ }).check()
  await page.getByLabel('Slack’s webhook address').fill('https://10.0.0.8/services/x')
  if (javaScriptEnabled === false) await page.getByRole('button', { name: 'Save' }).first().click()
  else await page.getByLabel('Slack’s webhook address').blur()
  await expect(page.getByText('This address does not lead to the internet').last()).toBeVisible()
  await page.getByLabel('Slack’s webhook address').fill('https://hooks.slack.com/services/a-secret')
  if (javaScriptEnabled !== false) await page.getByLabel('Slack’s webhook address').blur()
  await save(0)
  await page.getByLabel('Warn at').fill('60, 90')
  if (javaScriptEnabled === false) await save(0)
  // With JavaScript, what was typed is saved although the page is left from within the field.
  await expect(async () => {
    await page.goto(`${baseUrl()}/portal/settings/alerts`)
    await expect(page.getByLabel('Warn at')).toHaveValue('60, 90', { timeout: 1000 })
  }).toPass()
  await expect(page.getByLabel('Key created')).toHaveValue('daily')
  await expect(page.getByLabel('Slack’s webhook address')).toHaveValue(
    'https://hooks.slack.com/…cret',
  )
  await checkLooks(page, javaScriptEnabled)
})

test('a webhook is added, tested, looked into, sent again, given another secret, and removed', async ({
  page,
  javaScriptEnabled,
}) => {
  test.setTimeout(120_000)
  const received: { headers: Record<string, string>; body: string }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      received.push({ headers: request.headers as Record<string, string>, body })
      response.end('thank you')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`

  await register(page)
  await page.goto(`${baseUrl()}/portal/webhooks`)
  await expect(page.getByText('No webhooks yet')).toBeVisible()
  await checkLooks(page, javaScriptEnabled)
  await page.getByRole('link', { name: 'Add webhook' }).first().click()
  await page.getByLabel('Address', { exact: true }).fill('http://example.com/hook')
  await page.getByRole('button', { name: 'Add webhook' }).click()
  await expect(page.getByText('Use an https address').last()).toBeVisible()
  await page.getByLabel('Address', { exact: true }).fill(`http://${host}/orders`)
  await page.getByRole('checkbox', { name: /^All events/ }).uncheck()
  await page.getByRole('checkbox', { name: /^Key created/ }).check()
  await checkLooks(page, javaScriptEnabled)
  await page.getByRole('button', { name: 'Add webhook' }).click()
  const secret = (await page.locator('[data-secret] pre').textContent())!
  expect(secret).toMatch(/^whsec_/)
  await page.getByRole('link', { name: 'I have stored it' }).click()
  await expect(page.getByText('Your server is called for each event.')).toBeVisible()

  await page.getByRole('button', { name: 'Send test' }).click()
  await expect(page.getByText('thank you')).toBeVisible()
  expect(new Webhook(secret).verify(received[0]!.body, received[0]!.headers)).toMatchObject({
    type: 'webhook.test',
  })
  await createKey(page, 'Told')
  await expect.poll(() => received.length, { timeout: 20_000 }).toBe(2)
  await page.goto(`${baseUrl()}/portal/webhooks`)
  await page.getByRole('link', { name: host }).click()
  await checkLooks(page, javaScriptEnabled)
  await page.getByRole('link', { name: 'key.created' }).click()
  await expect(page.getByText('"name": "Told"')).toBeVisible()
  await page.getByRole('button', { name: 'Send again' }).click()
  await expect(page.getByText('It is sent again, with the same webhook-id.')).toBeVisible()
  await checkLooks(page, javaScriptEnabled)
  await expect.poll(() => received.length, { timeout: 20_000 }).toBe(3)
  expect(received[2]!.headers['webhook-id']).toBe(received[1]!.headers['webhook-id'])

  await page.getByRole('link', { name: host }).click()
  await page.getByRole('button', { name: 'New secret' }).click()
  const other = (await page.locator('[data-secret] pre').textContent())!
  expect(other).not.toBe(secret)
  await page.getByRole('link', { name: 'I have stored it' }).click()
  await page.getByRole('button', { name: 'Switch off' }).click()
  await expect(page.getByText('Nothing is sent here until you switch it on.')).toBeVisible()
  await page.locator('summary', { hasText: 'Remove' }).click()
  await page.getByRole('button', { name: `Remove the webhook to ${host}` }).click()
  await expect(page.getByText('The webhook is removed.')).toBeVisible()
  server.close()
})
