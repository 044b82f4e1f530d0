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

/** As when another tab is looked at, and this one again. */
const setVisible = (page: Page, state: 'visible' | 'hidden') =>
  page.evaluate((visibilityState) => {
    Object.defineProperty(document, 'visibilityState', { value: visibilityState, writable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, state)

test('what came while nobody looked is there when somebody looks, and a server that fails is asked again', {
  tag: '@js',
}, async ({ page }) => {
  await register(page)
  const key = await createKey(page, 'Watched')
  let connections = 0
  await page.routeWebSocket('**/api/portal/live', (socket) => {
    connections += 1
    const server = socket.connectToServer()
    if (connections > 2) return
    socket.onMessage(() => {
      socket.send(JSON.stringify({ type: 'error', code: 'internal_error' }))
      void socket.close({ code: 1011, reason: 'internal_error' })
      void server.close()
    })
  })
  await page.goto(`${baseUrl()}/portal/logs`)
  await page.getByRole('button', { name: 'Follow live' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Live' })).toBeVisible()
  await setVisible(page, 'hidden')
  await callApi(key, '/v1/hello')
  await page.waitForTimeout(2500)
  await expect(page.getByRole('link', { name: 'GET /v1/hello' })).toBeHidden()
  await setVisible(page, 'visible')
  await expect(page.getByRole('link', { name: 'GET /v1/hello' })).toBeVisible({ timeout: 2500 })
})

test('the address in an error explains that very request to its owner, and to nobody else', async ({
  page,
  browser,
  javaScriptEnabled,
}) => {
  await register(page)
  const key = await createKey(page, 'Too fast')
  const answers = await Promise.all(Array.from({ length: 101 }, () => callApi(key, '/v1/hello')))
  const refused = answers.find(({ status }) => status === 429)!
  const { type } = (await refused.json()) as { type: string }
  await page.waitForTimeout(1900)
  await page.goto(type)
  await expect(page.getByText('Your plan allows 100 requests in any 60 seconds')).toBeVisible()
  await expect(page.getByText('Move to a plan with a higher rate.')).toBeVisible()
  await page.getByRole('link', { name: 'Open the request in your logs' }).click()
  await expect(page.getByText('Limits at that moment')).toBeVisible()

  const other = await (await browser.newContext({ javaScriptEnabled })).newPage()
  await other.goto(type)
  await expect(other.getByRole('link', { name: 'Sign in to see what happened' })).toBeVisible()
  await register(other, 'Eve')
  await other.goto(type)
  await expect(other.getByText('is not in your logs')).toBeVisible()
  expect(await other.content()).not.toContain('100 requests in any 60 seconds')
  await other.context().close()
})

test('who mistypes a path reads why at the address in the error, in their language, and in their logs', async ({
  page,
}) => {
  await register(page)
  const key = await createKey(page, 'Mistyped')
  const { type } = (await (await callApi(key, '/v2/hello')).json()) as { type: string }
  await page.waitForTimeout(1900)
  await page.goto(`${type}&lang=fr`)
  await expect(page.getByRole('heading', { name: 'Chemin introuvable' })).toBeVisible()
  await expect(page.getByText('GET /v2/hello')).toBeVisible()
  await expect(page.getByText('L’API n’a rien à ce chemin.')).toBeVisible()
  await page.goto(`${baseUrl()}/portal/usage?period=day&lang=en`)
  await expect(page.getByText('GET no endpoint')).toBeVisible()
  await page.goto(`${baseUrl()}/portal/logs?status=4xx&lang=en`)
  await expect(page.getByRole('link', { name: 'GET /v2/hello' })).toBeVisible()
})
