import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

export const baseUrl = () => process.env.APIGATE_E2E_URL!

export const password = 'a sentence that is long enough'

/** Registers somebody new in the browser and returns the address. */
export async function register(page: Page, name = 'Ada Lovelace'): Promise<string> {
  const email = `${Math.random().toString(36).slice(2)}@example.com`
  await page.goto(`${baseUrl()}/portal/register`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Hello')
  return email
}

/** Nothing that axe knows of stands in anybody's way: WCAG 2.2 A and AA. Needs JavaScript in the page. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join('; ')}`,
  )
  expect(found, page.url()).toEqual([])
}

/** Small and wide, light and dark; axe is a script, so without scripts there is nothing to run. */
export async function checkLooks(
  page: Page,
  javaScriptEnabled: boolean | undefined,
): Promise<void> {
  if (javaScriptEnabled === false) return
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      await expectAccessible(page)
    }
  }
}

/** Makes an administrator and signs them in in the browser; returns the address. */
export async function signInAsAdmin(page: Page): Promise<string> {
  const email = `${Math.random().toString(36).slice(2)}@operator.example`
  const headers = {
    authorization: `Bearer ${process.env.APIGATE_E2E_TOKEN}`,
    'content-type': 'application/json',
  }
  const body = JSON.stringify({ email, password, role: 'admin', name: 'Nora' })
  const answer = await fetch(`${baseUrl()}/admin/users`, { method: 'POST', headers, body })
  expect(answer.status).toBe(201)
  await page.goto(`${baseUrl()}/admin`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(`${baseUrl()}/admin`)
  return email
}
