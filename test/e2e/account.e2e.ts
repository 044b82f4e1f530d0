import { readFile } from 'node:fs/promises'
import { expect, type Page, test } from '@playwright/test'
import { asOperator, baseUrl, expectAccessible, mailedLink, password, register } from './visitor.ts'

test('a person confirms the address, changes language and address, takes the data along, and goes', async ({
  page,
  javaScriptEnabled,
}) => {
  test.setTimeout(120_000)
  const check = async (what: Page) => {
    if (javaScriptEnabled !== false) await expectAccessible(what)
  }
  const old = await register(page)
  await asOperator('PUT', `/admin/users/${old}`, { status: 'pending' })
  await page.goto(`${baseUrl()}/portal`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Confirm your e-mail address')
  await check(page)
  expect((await page.goto(`${baseUrl()}/portal/keys`))?.status()).toBe(403)
  await page.goto(`${baseUrl()}/portal`)
  await page.getByRole('button', { name: 'Send it again' }).click()
  await expect(page.getByText('another mail is on its way')).toBeVisible()
  await page.goto(await mailedLink(old, 'verify'))
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your address is confirmed')
  await page.getByRole('link', { name: 'Go on to the portal' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Ada')

  await page.goto(`${baseUrl()}/portal/settings`)
  await page.getByLabel('Language').selectOption('fr')
  const zone = page.getByLabel('Time zone')
  if (javaScriptEnabled === false) await zone.selectOption('Asia/Tokyo')
  else await zone.fill('Asia/Tokyo')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Paramètres')
  await expect(page.getByText('Enregistré.')).toBeVisible()
  await expect(page.getByLabel('Fuseau horaire')).toHaveValue('Asia/Tokyo')

  const fresh = `new-${old}`
  await page.locator('summary', { hasText: 'Changer d’adresse' }).click()
  await page.getByLabel('Nouvelle adresse').fill(fresh)
  await page.getByLabel('Mot de passe').fill('pas le bon')
  await page.getByRole('button', { name: 'Interroger les deux adresses' }).click()
  await expect(page.getByRole('alert')).toContainText('Ce n’est pas votre mot de passe.')
  await page.getByLabel('Mot de passe').fill(password)
  await page.getByRole('button', { name: 'Interroger les deux adresses' }).click()
  await expect(page.getByText(`Votre compte passera à ${fresh}`)).toBeVisible()
  await check(page)
  await page.goto(await mailedLink(fresh, 'emailChangeNew'))
  await check(page)
  await page.getByRole('button', { name: 'Oui, la confirmer' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Une adresse a accepté')
  await page.goto(await mailedLink(old, 'emailChangeOld'))
  await expect(page.getByText(fresh)).toBeVisible()
  await page.getByRole('button', { name: 'Accepter' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Votre adresse a changé')
  await page.goto(`${baseUrl()}/portal/settings/data`)
  await check(page)

  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Télécharger en JSON' }).click()
  const data = JSON.parse(await readFile(await (await download).path(), 'utf8'))
  expect(data.profile).toMatchObject({ email: fresh, locale: 'fr', timezone: 'Asia/Tokyo' })
  expect(data.organizations).toHaveLength(1)

  await expect(page.getByText('0 clé d’API active')).toBeVisible()
  await page.locator('summary', { hasText: 'Supprimer le compte' }).click()
  await page.getByLabel('Votre mot de passe').fill(password)
  await page.getByRole('button', { name: 'Supprimer mon compte définitivement' }).click()
  await expect(page.getByText('Your account is deleted.')).toBeVisible()
  await page.getByLabel('E-mail').fill(fresh)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert')).toContainText('do not match')
})

test('a suspended person sees that it is so, wherever they go, and can sign out', async ({
  page,
}) => {
  const email = await register(page)
  await asOperator('POST', `/admin/users/${email}/suspend`, {})
  for (const path of ['', '/keys', '/settings']) {
    await page.goto(`${baseUrl()}/portal${path}`)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('This account is suspended')
  }
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(`${baseUrl()}/portal/login`)
})
