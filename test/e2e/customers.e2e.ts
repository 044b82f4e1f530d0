import { expect, type Page, test } from '@playwright/test'
import { asOperator, baseUrl, expectAccessible, password } from './visitor.ts'

const unique = () => Math.random().toString(36).slice(2)

const makeUser = (fields: Record<string, unknown>) =>
  asOperator<{ id: string; email: string }>('POST', '/admin/users', {
    ...{ email: `${unique()}@people.example`, password },
    ...fields,
  })

async function signIn(page: Page, role: 'admin' | 'agent'): Promise<void> {
  const { email } = await makeUser({ role, name: 'Nora' })
  await page.goto(`${baseUrl()}/admin`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(`${baseUrl()}/admin`)
}

test('an operator adds somebody, finds them, suspends them with a reason and lets them back', async ({
  page,
}) => {
  await signIn(page, 'admin')
  const name = `Grace ${unique()}`
  const email = `${unique()}@people.example`
  await page.goto(`${baseUrl()}/admin/users/new`)
  await page.getByLabel('E-mail').fill('nobody')
  await page.getByRole('button', { name: 'Add user' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Add user' }).click()
  await expect(page.getByText('A link to choose a password is on its way.')).toBeVisible()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name)

  await page.goto(`${baseUrl()}/admin/users`)
  await page.getByLabel('Search').fill(name.toUpperCase())
  await page.getByLabel('Role').selectOption('customer')
  await page.getByRole('button', { name: 'Show' }).click()
  await expect(page.getByText(/^1 of /)).toBeVisible()
  await page.getByRole('link', { name: 'Last sign-in' }).click()
  await expect(page.locator('th[aria-sort=descending]')).toHaveText('Last sign-in')
  await page.getByRole('button', { name: `Actions for ${email}` }).click()
  await page.getByRole('link', { name: 'Open' }).click()

  await page.getByRole('button', { name: 'Suspend…' }).click()
  const dialog = page.getByRole('dialog', { name: `Suspend ${name}?` })
  await expect(dialog.getByText('No key is in use.')).toBeVisible()
  await dialog.getByLabel('Reason').fill('Three chargebacks')
  await dialog.getByRole('button', { name: 'Suspend' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByText('Three chargebacks')).toBeVisible()
  await page.getByRole('button', { name: 'End the suspension' }).click()
  await expect(page.getByText('The suspension has ended.')).toBeVisible()
  await expect(page.getByText('Three chargebacks')).toBeHidden()
})

test('notes and metadata are kept by operators, and a wrong entry is told at its row', async ({
  page,
}) => {
  await signIn(page, 'admin')
  const user = await makeUser({ metadata: { seats: 3 } })
  await page.goto(`${baseUrl()}/admin/users/${user.id}`)
  const note = `Called on ${unique()}`
  await page.getByLabel('New note').fill(note)
  await page.getByRole('button', { name: 'Add note' }).click()
  await expect(page.getByText('The note is added.')).toBeVisible()
  await expect(page.getByRole('listitem').filter({ hasText: note })).toContainText('Nora')
  await page.getByRole('listitem').filter({ hasText: note }).getByRole('button').click()
  await expect(page.getByText('The note is removed.')).toBeVisible()

  await page.getByRole('link', { name: 'Edit' }).click()
  const entry = (number: number) => page.getByRole('group', { name: `Entry ${number}` })
  await expect(entry(1).getByLabel('Value')).toHaveValue('3')
  await entry(1).getByLabel('Value').fill('many')
  await entry(2).getByLabel('Name').fill('vip')
  await entry(2).getByLabel('Type').selectOption('boolean')
  await entry(2).getByLabel('Value').fill('yes')
  const save = page.getByRole('button', { name: 'Save' }).nth(1)
  await save.click()
  await expect(page.getByRole('alert')).toContainText('Enter a number.')
  await expect(entry(2).getByLabel('Type')).toHaveValue('boolean')
  await entry(1).getByLabel('Value').fill('7')
  await save.click()
  await expect(page.getByText('Saved.')).toBeVisible()
  await page.getByRole('link', { name: 'Overview' }).click()
  await expect(page.getByText('vip')).toBeVisible()
})

test('a key is revoked and a customer deleted, each with its consequences named', async ({
  page,
}) => {
  await signIn(page, 'admin')
  const user = await makeUser({ name: 'Doomed' })
  for (const name of ['First', 'Second'])
    await asOperator('POST', '/admin/keys', { user_id: user.id, name })
  await page.goto(`${baseUrl()}/admin/users/${user.id}`)
  await page.getByRole('button', { name: 'Revoke First' }).click()
  const revocation = page.getByRole('dialog', { name: 'Revoke First?' })
  await expect(revocation).toContainText('It was not used in the last hour.')
  await revocation.getByRole('button').last().click()
  await expect(page.getByText('The key is revoked.')).toBeVisible()
  await page.getByRole('button', { name: 'Delete…' }).click()
  const deletion = page.getByRole('dialog', { name: 'Delete Doomed?' })
  await expect(deletion).toContainText('1 key stops working.')
  await deletion.getByRole('button', { name: 'Delete for good' }).click()
  await expect(page.getByText('The user is deleted.')).toBeVisible()
})

test('a file is looked through before it is imported, and its wrong lines come back as a file', async ({
  page,
}) => {
  await signIn(page, 'admin')
  const [ann, bob] = [`ann.${unique()}@people.example`, `bob.${unique()}@people.example`]
  const csv = `email,name,plan_name\n${ann},Ann,free\n${bob},=Bob,gold\n${ann},Twice,free\n`
  await page.goto(`${baseUrl()}/admin/users`)
  await page.getByRole('link', { name: 'Import' }).click()
  await page.getByRole('button', { name: 'Look it through' }).click()
  await expect(page.getByRole('alert')).toContainText('Choose a file.')
  await page
    .getByLabel('CSV file')
    .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
  await page.getByRole('button', { name: 'Look it through' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Before you import')
  await expect(page.getByText('There is no plan “gold”.')).toBeVisible()
  await expect(page.getByText('Line 2 has this address already.')).toBeVisible()
  await page.getByRole('button', { name: 'Import 1 line' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Imported')
  await expect(page.getByRole('heading', { name: '1 line was imported' })).toBeVisible()
  const href = await page.getByRole('link', { name: 'Download as CSV' }).getAttribute('href')
  const failures = await page.request.get(baseUrl() + href!, { headers: { accept: 'text/html' } })
  expect(await failures.text()).toContain(`${bob},'=Bob,gold,3,There is no plan “gold”.`)
  await page.goto(`${baseUrl()}/admin/users/${ann}`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ann')
})

test('an operator acts as a customer under a banner, and comes back as oneself', async ({
  page,
}) => {
  await signIn(page, 'admin')
  const user = await makeUser({ name: 'Grace Hopper' })
  await page.goto(`${baseUrl()}/admin/users/${user.id}`)
  await page.getByRole('button', { name: 'Act as this user' }).click()
  await expect(page).toHaveURL(/\/portal\/?$/)
  const banner = page.getByRole('complementary', { name: 'Acting as a user' })
  await expect(banner).toContainText('You are acting as Grace Hopper.')
  await page.goto(`${baseUrl()}/portal/settings/security`)
  await expect(banner).toBeVisible()
  await page.locator('[name=current_password]').fill(password)
  await page.getByLabel('New password').fill('another long sentence')
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByRole('alert')).toContainText('Only this person can do this')
  await page.goto(`${baseUrl()}/admin/users`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Customers')
  await page.goto(`${baseUrl()}/portal`)
  await banner.getByRole('button', { name: 'Stop' }).click()
  await expect(page).toHaveURL(`${baseUrl()}/admin/users/${user.id}`)
  await expect(page.getByText('Operator stopped acting')).toBeVisible()
  await page.goto(`${baseUrl()}/portal`)
  await expect(banner).toBeHidden()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Nora')
})

test('an agent finds no customers', async ({ page }) => {
  await signIn(page, 'agent')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Support desk')
  await expect(page.getByRole('link', { name: 'Customers' })).toHaveCount(0)
  for (const path of ['/users', '/users/import', '/settings', '/audit'])
    expect([path, (await page.goto(`${baseUrl()}/admin${path}`))?.status()]).toEqual([path, 403])
})

test('axe finds nothing on the pages about customers', async ({ page, javaScriptEnabled }) => {
  test.setTimeout(120_000)
  await signIn(page, 'admin')
  const user = await makeUser({ metadata: { seats: 3 }, status: 'suspended' })
  const paths = ['/users', '/users?q=nobody-is-called-so', '/users/new', '/users/import']
  for (const path of [
    ...paths,
    `/users/${user.id}`,
    `/users/${user.id}?ask=delete`,
    `/users/${user.id}/edit`,
  ]) {
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 800 })
      await page.goto(`${baseUrl()}/admin${path}`)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      if (javaScriptEnabled !== false) await expectAccessible(page)
      const scrolled = await page.locator('html').evaluate((html) => html.scrollWidth)
      expect([path, scrolled]).toEqual([path, width])
    }
  }
})
