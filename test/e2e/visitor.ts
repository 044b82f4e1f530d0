import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'
import { Secret, TOTP } from 'otpauth'

export const baseUrl = () => process.env.APIGATE_E2E_URL!

export const password = 'a sentence that is long enough'

/** A server and its admin token. */
export type Operated = { url: string; token: string }

const shared = (): Operated => ({ url: baseUrl(), token: process.env.APIGATE_E2E_TOKEN! })

/** A call of the operator's, which must succeed. */
export async function asOperator<T>(
  method: string,
  path: string,
  body?: unknown,
  { url, token } = shared(),
): Promise<T> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await fetch(url + path, { method, headers, body: JSON.stringify(body) })
  expect([method, path, answer.status < 300]).toEqual([method, path, true])
  return answer.json() as Promise<T>
}

type Mail = { template: string; text: string }

/** The address in the last mail of a kind to somebody, as soon as it is there. */
export async function mailedLink(to: string, template: string, server = shared()): Promise<string> {
  let link: string | undefined
  const read = async () => {
    const path = `/admin/mail?to=${to}`
    const { data } = await asOperator<{ data: Mail[] }>('GET', path, undefined, server)
    const mail = data.find((one) => one.template === `accounts.${template}`)
    link = mail && /^https?:\S+$/m.exec(mail.text)?.[0]
    return link
  }
  await expect.poll(read, { timeout: 15_000 }).toBeTruthy()
  return link!
}

/** What an authenticator app shows; each code works once, so the next sign-in takes the next one. */
export const codeOf = (secret: string, ahead = 0) =>
  TOTP.generate({
    secret: Secret.fromBase32(secret.replaceAll(' ', '')),
    timestamp: Date.now() + ahead * 30_000,
  })

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
    // Without it axe opens a page of its own each time, for frames of other sites, which ours have none of.
    .setLegacyMode()
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
      const taken = await page.evaluate(() => document.documentElement.scrollWidth)
      expect(taken, `the width of ${page.url()}`).toBeLessThanOrEqual(width)
    }
  }
}

/** Makes an administrator and signs them in in the browser; returns the address. */
export async function signInAsAdmin(page: Page): Promise<string> {
  const email = `${Math.random().toString(36).slice(2)}@operator.example`
  await asOperator('POST', '/admin/users', { email, password, role: 'admin', name: 'Nora' })
  await page.goto(`${baseUrl()}/admin`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(`${baseUrl()}/admin`)
  return email
}
