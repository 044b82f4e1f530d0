import { expect, type Page, test } from '@playwright/test'
import { baseUrl, checkLooks, password, register } from './visitor.ts'

/** The link in the newest mail to an address, as the operator sees it. */
async function readInvitation(email: string): Promise<string> {
  const headers = { authorization: `Bearer ${process.env.APIGATE_E2E_TOKEN}` }
  const answer = await fetch(`${baseUrl()}/admin/mail?limit=100`, { headers })
  const { data } = (await answer.json()) as { data: { to: string; text: string }[] }
  const mail = data.find(({ to }) => to === email)
  return /http\S+\/portal\/invitations\/\S+/.exec(mail?.text ?? '')![0]
}

async function invite(page: Page, email: string, role: string): Promise<string> {
  await page.goto(`${baseUrl()}/portal/team`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Role').selectOption({ label: role })
  await page.getByRole('button', { name: 'Send invitation' }).click()
  await expect(page.getByText('The invitation is on its way.')).toBeVisible()
  return readInvitation(email)
}

async function joinAsStranger(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link)
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Create account and join' }).click()
  await expect(page.getByText('Welcome to the team.')).toBeVisible()
}

const newEmail = () => `${Math.random().toString(36).slice(2)}@team.example`
const nav = (page: Page) => page.getByRole('navigation', { name: 'Sections' })

test('a person is invited, joins by the mail, changes between organizations, gets another role, and leaves', async ({
  page,
  browser,
  javaScriptEnabled,
}) => {
  test.setTimeout(120_000)
  await register(page, 'Ada Lovelace')
  await page.goto(`${baseUrl()}/portal/team`)
  const team = `Engines ${Date.now()}`
  await page.getByLabel('Name').fill(team)
  await page.getByRole('button', { name: 'Rename' }).click()
  await expect(page.getByText('The organization has its new name.')).toBeVisible()
  const email = newEmail()
  const link = await invite(page, email, 'Developer')
  await expect(page.getByRole('rowheader', { name: email })).toBeVisible()
  await checkLooks(page, javaScriptEnabled)
  await page.goto(link)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    `This invitation is for ${email}`,
  )

  const context = await browser.newContext({ javaScriptEnabled })
  const bob = await context.newPage()
  await bob.goto(link)
  await checkLooks(bob, javaScriptEnabled)
  await joinAsStranger(bob, link, 'Bob')
  await expect(bob.getByRole('rowheader', { name: 'Bob' })).toBeVisible()
  await bob.goto(link)
  await expect(bob.getByRole('heading', { level: 1 })).toHaveText('This invitation no longer works')
  await bob.goto(`${baseUrl()}/portal/keys`)
  await expect(bob.getByRole('link', { name: 'Create key' }).first()).toBeVisible()

  await bob.goto(`${baseUrl()}/portal/team`)
  await bob.getByRole('link', { name: 'Create organization' }).click()
  await bob.getByLabel('Name').fill('Of Bob')
  await bob.getByRole('button', { name: 'Create organization' }).click()
  await expect(bob.getByText('Your first call, in three steps')).toBeVisible()
  const tab = await context.newPage()
  await tab.goto(`${baseUrl()}/portal/keys/new`)
  await bob.goto(`${baseUrl()}/portal/keys`)
  const side = bob.getByRole('complementary')
  await side.locator('summary', { hasText: 'Of Bob' }).click()
  await side.getByRole('button', { name: team }).click()
  await expect(side.locator('summary', { hasText: team })).toBeVisible()
  await tab.getByLabel('Name').fill('of Bob alone')
  await tab.getByRole('button', { name: 'Create key' }).click()
  await expect(tab.getByRole('heading', { level: 1 })).toHaveText(
    'You work in another organization now',
  )

  await page.goto(`${baseUrl()}/portal/team`)
  await page.getByRole('link', { name: 'Manage Bob' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Bob')
  await page.getByLabel('Role').selectOption({ label: 'Billing' })
  await page.getByRole('button', { name: 'Change role' }).click()
  await expect(page.getByText('The role is changed, from now on.')).toBeVisible()
  await bob.goto(`${baseUrl()}/portal`)
  await expect(bob.getByText('No requests yet')).toBeVisible()
  await expect(nav(bob).getByRole('link', { name: 'API keys' })).toHaveCount(0)
  expect((await bob.goto(`${baseUrl()}/portal/keys`))?.status()).toBe(403)

  await bob.goto(`${baseUrl()}/portal/team`)
  await expect(bob.getByRole('button', { name: 'Send invitation' })).toHaveCount(0)
  await bob.locator('summary', { hasText: `Leave ${team}` }).click()
  await bob.getByRole('button', { name: `Leave ${team}` }).click()
  await expect(bob.getByText('Your first call, in three steps')).toBeVisible()
  await expect(side.locator('summary')).toHaveCount(0)
  await context.close()
})

test('an organization is handed over, and who then leaves is told how to go on', async ({
  page,
  browser,
  javaScriptEnabled,
}) => {
  test.setTimeout(120_000)
  await register(page, 'Ada Lovelace')
  const email = newEmail()
  const link = await invite(page, email, 'Viewer')
  const context = await browser.newContext({ javaScriptEnabled })
  const bob = await context.newPage()
  await joinAsStranger(bob, link, 'Bob')

  await page.goto(`${baseUrl()}/portal/settings/data`)
  await expect(page.getByText('One person beside you belongs to your organization')).toBeVisible()
  await page.getByRole('link', { name: 'Go to the team' }).click()
  await page.getByRole('link', { name: 'Manage Bob' }).click()
  await checkLooks(page, javaScriptEnabled)
  await page.locator('summary', { hasText: 'Hand over' }).click()
  await page.getByLabel('Your password').fill('not the password')
  await page.getByRole('button', { name: 'Make Bob the owner' }).click()
  await expect(page.getByText('This is not your password.').first()).toBeVisible()
  await page.getByLabel('Your password').fill(password)
  await page.getByRole('button', { name: 'Make Bob the owner' }).click()
  await expect(page.getByText('You are a developer now.')).toBeVisible()
  await bob.goto(`${baseUrl()}/portal/team`)
  await expect(bob.getByRole('link', { name: 'Manage Ada Lovelace' })).toBeVisible()

  await page.locator('summary', { hasText: 'Leave' }).click()
  await page.getByRole('button', { name: /^Leave/ }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You belong to no organization')
  await expect(page.getByRole('link', { name: 'Create organization' })).toBeVisible()
  await context.close()
})
