import { expect, test } from '@playwright/test'
import { asOperator, baseUrl, checkLooks, register, signInAsAdmin } from './visitor.ts'

const report = (key: string, event: object) =>
  fetch(`${baseUrl()}/api/v1/events`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/cloudevents+json',
    },
    body: JSON.stringify({ specversion: '1.0', source: 'journey', ...event }),
  })

test('an operator makes a meter and a service key, a program reports, and a customer sees it', async ({
  browser,
  page,
  javaScriptEnabled,
}) => {
  test.setTimeout(90_000)
  const guest = await browser.newContext({ javaScriptEnabled })
  const theirs = await guest.newPage()
  const customer = await register(theirs)

  const name = `Storage ${Math.random().toString(36).slice(2)}`
  const key = name.toLowerCase().replace(' ', '_')
  await signInAsAdmin(page)
  await page.goto(`${baseUrl()}/admin/meters`)
  await page.getByRole('link', { name: 'Add meter' }).click()
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Key').fill('Not A Key')
  await page.getByLabel('Kind').selectOption('gauge')
  await page.getByLabel('Unit').fill('GB')
  await page.getByRole('button', { name: 'Add meter' }).click()
  await expect(page.getByRole('alert')).toContainText('Use small letters')
  await checkLooks(page, javaScriptEnabled)
  await page.getByLabel('Key').fill(key)
  await page.getByRole('button', { name: 'Add meter' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name)
  await expect(page.getByText('No events yet')).toBeVisible()

  const limits = page.locator('form[action*="limits"]')
  await limits.getByLabel('Free').fill('lots')
  await limits.getByRole('button', { name: 'Save' }).click()
  await expect(limits.getByRole('alert')).toContainText('not below 0')
  await limits.getByLabel('Free').fill('40.5')
  await limits.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  await expect(limits.getByLabel('Free')).toHaveValue('40.5')

  await page.goto(`${baseUrl()}/admin/service-keys`)
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Create service key' }).click()
  const secret = (await page.locator('[data-secret] pre').textContent())!
  const event = { id: name, type: key, subject: customer, data: { value: 32.5 } }
  expect(await (await report(secret, event)).json()).toMatchObject({ accepted: 1 })

  await theirs.goto(`${baseUrl()}/portal/usage`)
  await expect(theirs.getByText('32.5 of 40.5 GB').first()).toBeVisible()
  await expect(theirs.getByText('at most 32.5 GB')).toBeVisible()
  await checkLooks(theirs, javaScriptEnabled)
  await guest.close()

  await page.goto(`${baseUrl()}/admin/meters/${key}`)
  await expect(page.getByRole('row', { name: customer })).toContainText('32.5 of 40.5 GB')
  await checkLooks(page, javaScriptEnabled)
  await page.getByRole('button', { name: 'for good' }).click()
  await expect(page.getByRole('alert')).toContainText('or archive the meter')
  await page.getByRole('button', { name: 'Archive', exact: true }).click()
  await expect(page.getByText('This meter is archived.')).toBeVisible()

  await page.goto(`${baseUrl()}/admin/service-keys`)
  await checkLooks(page, javaScriptEnabled)
  const row = page.getByRole('row', { name })
  await row.locator('summary').click()
  await row.getByRole('button', { name: 'Revoke service key' }).click()
  await expect(row.getByText('Revoked', { exact: true })).toBeVisible()
  expect((await report(secret, event)).status).toBe(401)
})

test('an operator has a route feed a meter, and a customer’s call counts', async ({
  browser,
  page,
  javaScriptEnabled,
}) => {
  test.setTimeout(90_000)
  const word = Math.random().toString(36).slice(2)
  const name = `ML predictions ${word}`
  await signInAsAdmin(page)
  await page.goto(`${baseUrl()}/admin/meters/new`)
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Key').fill(`ml_${word}`)
  await page.getByLabel('Kind').selectOption('gauge')
  await page.getByLabel('Fed by').selectOption('requests')
  await page.getByLabel('Unit').fill('predictions')
  await page.getByRole('button', { name: 'Add meter' }).click()
  await expect(page.getByRole('alert')).toContainText('only events can set it')
  await page.getByLabel('Kind').selectOption('counter')
  await page.getByRole('button', { name: 'Add meter' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name)
  await expect(page.getByText('No route feeds it')).toBeVisible()
  await checkLooks(page, javaScriptEnabled)

  await page.goto(`${baseUrl()}/admin/routes/new`)
  await page.getByLabel('Name').fill(`Predict ${word}`)
  await page.getByLabel('Path').fill('predict')
  await page.getByLabel(name).check()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('alert')).toContainText('Begin with a slash')
  await expect(page.getByLabel(name)).toBeChecked()
  await page.getByLabel('Path').fill(`/v1/predict-${word}`)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  await expect(page.getByLabel(name)).toBeChecked()
  await checkLooks(page, javaScriptEnabled)

  const guest = await browser.newContext({ javaScriptEnabled })
  const theirs = await guest.newPage()
  const customer = await register(theirs)
  const { key } = await asOperator<{ key: string }>('POST', '/admin/keys', {
    ...{ user_id: customer, name: 'Backend' },
  })
  const headers = { 'x-api-key': key }
  expect((await fetch(`${baseUrl()}/v1/predict-${word}`, { headers })).status).toBe(200)
  await theirs.waitForTimeout(1900)
  await theirs.goto(`${baseUrl()}/portal/usage`)
  await expect(theirs.getByText('1 predictions').first()).toBeVisible()
  await guest.close()

  await page.goto(`${baseUrl()}/admin/meters/ml_${word}`)
  await expect(page.getByRole('row', { name: customer })).toContainText('1 predictions')
  await page.getByRole('button', { name: 'Archive', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText(`The route Predict ${word} feeds`)
  await page.getByRole('link', { name: `Predict ${word}` }).click()
  await page.getByLabel(name).uncheck()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  await page.goto(`${baseUrl()}/admin/meters/ml_${word}`)
  await page.getByRole('button', { name: 'Archive', exact: true }).click()
  await expect(page.getByText('This meter is archived.')).toBeVisible()
})
