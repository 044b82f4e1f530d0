import { expect, test } from '@playwright/test'
import { asOperator, baseUrl, checkLooks, register } from './visitor.ts'

type Mail = { template: string; headers: Record<string, string> }

async function unsubscribeLink(to: string): Promise<string> {
  let link: string | undefined
  const read = async () => {
    const { data } = await asOperator<{ data: Mail[] }>('GET', `/admin/mail?to=${to}`)
    const mail = data.find(({ template }) => template === 'notices.key.created')
    link = mail?.headers['List-Unsubscribe']?.replace(/^<|>$/g, '')
    return link
  }
  await expect.poll(read, { timeout: 15_000 }).toBeTruthy()
  return link!
}

test('the link of a mail stops such mails after a question, for who is signed out, too', async ({
  page,
  context,
  javaScriptEnabled,
}) => {
  const email = await register(page)
  await page.goto(`${baseUrl()}/portal/keys/new`)
  await page.getByLabel('Name').fill('First')
  await page.getByRole('button', { name: 'Create key' }).click()
  const link = await unsubscribeLink(email)
  const session = await context.cookies()
  await context.clearCookies()

  await page.goto(link)
  await expect(page.getByText(`${email} gets mails of the kind “Key created”.`)).toBeVisible()
  await checkLooks(page, javaScriptEnabled)
  await page.getByRole('button', { name: 'Stop these mails' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('These mails are stopped')
  await checkLooks(page, javaScriptEnabled)

  await context.clearCookies()
  await context.addCookies(session)
  await page.goto(`${baseUrl()}/portal/settings/alerts`)
  await expect(page.getByLabel('Key created')).toHaveValue('off')
  await expect(page.getByLabel('Plan changed')).toHaveValue('instant')

  await page.goto(link)
  await page.getByRole('button', { name: 'Stop all that can be stopped' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('All such mails are stopped')
  await page.getByRole('link', { name: 'Choose what you are mailed' }).click()
  await expect(page.getByLabel('Plan changed')).toHaveValue('off')

  await page.goto(`${link}x`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This link does not work')
})
