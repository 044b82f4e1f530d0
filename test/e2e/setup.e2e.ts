import { expect, test } from '@playwright/test'
import { type OwnServer, startOwnServer } from './own-server.ts'
import { expectAccessible, password } from './visitor.ts'

let server: OwnServer
test.beforeAll(async () => {
  server = await startOwnServer()
})
test.afterAll(() => server.stop())

test('the link that a new server prints makes its first administrator, and then leads to the admin', async ({
  page,
  javaScriptEnabled,
}) => {
  await expect.poll(server.output).toMatch(/\/admin\/setup\?token=/)
  const link = /http\S+\/admin\/setup\?token=[\w.-]+/.exec(server.output())![0]
  await page.goto(`${link}x`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This set-up link does not work')
  if (javaScriptEnabled !== false) await expectAccessible(page)

  await page.goto(link)
  await page.getByRole('link', { name: 'Français' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    'Créer le premier administrateur',
  )
  await page.getByRole('link', { name: 'English' }).click()
  if (javaScriptEnabled !== false) await expectAccessible(page)
  await page.getByLabel('E-mail').fill('nora@operator.example')
  await page.getByLabel('Password').fill('short')
  await page.getByRole('button', { name: 'Create administrator' }).click()
  await expect(page.getByRole('alert')).toContainText('at least 8 characters')
  await expect(page.getByLabel('E-mail')).toHaveValue('nora@operator.example')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Create administrator' }).click()
  await expect(page).toHaveURL(`${server.url}/admin`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Home')

  await page.goto(link)
  await expect(page).toHaveURL(`${server.url}/admin`)
  await page.context().clearCookies()
  await page.goto(link)
  await expect(page).toHaveURL(`${server.url}/portal/login?next=%2Fadmin`)
})
