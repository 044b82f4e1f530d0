import { type CDPSession, expect, type Page, test } from '@playwright/test'
import { baseUrl, expectAccessible, password, register } from './visitor.ts'

/** A device beside the browser that keeps passkeys and knows its owner. */
async function plugIn(page: Page): Promise<{ session: CDPSession; authenticatorId: string }> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return { session, authenticatorId }
}

const security = () => `${baseUrl()}/portal/settings/security`
const cardOf = (page: Page) => page.locator('section', { has: page.locator('#passkeys') })

/** Browsers reach passkeys by JavaScript alone: without it there is no button that does nothing. */
async function expectNone(page: Page): Promise<void> {
  await page.goto(`${baseUrl()}/portal/login`)
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Use a passkey' })).toHaveCount(0)
  await register(page)
  await page.goto(security())
  await expect(cardOf(page).getByText('takes JavaScript')).toBeVisible()
}

test('a customer adds a passkey, signs in with it, renames and removes it', async ({
  page,
  javaScriptEnabled,
}) => {
  if (javaScriptEnabled === false) return expectNone(page)
  const device = await plugIn(page)
  await register(page)
  await page.goto(security())
  const card = cardOf(page)
  await card.locator('summary', { hasText: 'Add a passkey' }).click()
  await card.getByLabel('Name').fill('Work laptop')
  await card.getByRole('button', { name: 'Add a passkey' }).click()
  await expect(card.getByRole('alert')).toContainText('This is not your password.')
  await card.getByLabel('Current password').fill(password)
  await card.getByRole('button', { name: 'Add a passkey' }).click()
  await expect(card.getByText('The passkey is added.')).toBeVisible()
  await expect(card.getByText('Work laptop', { exact: true })).toBeVisible()
  await expectAccessible(page)

  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.goto(`${baseUrl()}/portal/keys`)
  await expect(page.getByRole('button', { name: 'Use a passkey' })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await expect(page).toHaveURL(`${baseUrl()}/portal/keys`)

  await page.goto(security())
  await card.locator('summary', { hasText: 'Rename or remove' }).click()
  await expectAccessible(page)
  await card.locator('li').getByRole('textbox', { name: 'Name' }).fill('Home')
  await card.getByRole('button', { name: 'Save' }).click()
  await expect(card.locator('li').getByText('Home')).toBeVisible()
  await card.locator('summary', { hasText: 'Rename or remove' }).click()
  await card.getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByText('The passkey is removed.')).toBeVisible()

  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'not accepted' })).toBeVisible()
  const { session, authenticatorId } = device
  await session.send('WebAuthn.clearCredentials', { authenticatorId })
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await expect(page.getByText('No passkey was used.')).toBeVisible()
})
