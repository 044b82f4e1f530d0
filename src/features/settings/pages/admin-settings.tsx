import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { z } from 'zod'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { brandColors } from '../../../ui/brand.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Card, PageHeader } from '../../../ui/page.tsx'
import { choicesOf, parseSetting, showSetting } from '../setting-text.ts'
import { listSettings, type SettingKey, setSettings, unsetSetting } from '../settings.ts'
import type { Route } from './+types/admin-settings'
import { SettingField } from './setting-field.tsx'

const groups = {
  portal: /^portal_(?!registration|allow|login|register|reset|2fa)/,
  people: /^(portal_(registration|login|register|reset|2fa)|require_|session_|password_|team_)/,
  sso: /^(sso_|google_|microsoft_)/,
  keys: /^(key_|portal_allow|usage_|quota_)/,
  network: /./,
}
type Group = keyof typeof groups
const groupNames = Object.keys(groups) as Group[]

const groupOf = (key: string): Group => groupNames.find((name) => groups[name].test(key))!

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor, branding } = context.get(pageContext)
  const rows = await listSettings(app, actor)
  const settings = rows.map((row) => ({
    key: row.key,
    text: showSetting(row.value),
    fallback: showSetting(row.default),
    isSet: row.is_set,
    isSecret: row.is_secret,
    isNumber: typeof row.value === 'number',
    choices: choicesOf(row.key),
    group: groupOf(row.key),
  }))
  const shown = brandColors(branding.primaryColor, 'light').brand
  const movedColor = shown.toLowerCase() === branding.primaryColor.toLowerCase() ? null : shown
  return { settings, movedColor, saved: new URL(request.url).searchParams.get('saved') }
}

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const search = new URL(request.url).searchParams
  if (search.has('unset')) {
    const key = String((await request.formData()).get('key'))
    await unsetSetting(app, actor, key)
    return redirect(`/admin/settings?saved=${groupOf(key)}#${key}`)
  }
  const group = search.get('group') as Group
  const rows = (await listSettings(app, actor)).filter((row) => groupOf(row.key) === group)
  const fields = Object.fromEntries(rows.map((row) => [row.key, z.string().default('')]))
  const answer = await submit(z.object(fields), request, (texts) => {
    const changed = rows.filter((row) =>
      row.is_secret ? texts[row.key] !== '' : texts[row.key] !== showSetting(row.value),
    )
    const values = changed.map(({ key }) => [key, parseSetting(key, texts[key]!)] as const)
    return setSettings(app, actor, Object.fromEntries(values))
  })
  if ('result' in answer) return redirect(`/admin/settings?saved=${group}#${group}`)
  return { ...answer.data, group }
}

export default function AdminSettings({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('admin')
  const { t: common } = useTranslation()
  const { settings, saved, movedColor } = loaderData
  const failed = actionData && 'group' in actionData ? actionData.group : null
  const notes: Partial<Record<SettingKey, string>> = movedColor
    ? { portal_primary_color: t('colorMoved', { color: movedColor }) }
    : {}
  const cards = groupNames
    .map((group) => ({ group, rows: settings.filter((row) => row.group === group) }))
    .filter(({ rows }) => rows.length > 0)
  return (
    <>
      <title>{t('settings')}</title>
      <PageHeader title={t('settings')} description={t('settingsText')} />
      <nav aria-label={t('settingsIndex')} className="mb-6">
        <ul className="flex flex-wrap gap-x-5 gap-y-2">
          {cards.map(({ group }) => (
            <li key={group}>
              <a href={`#${group}`} className="text-brand-text underline-offset-2 hover:underline">
                {t(`group.${group}`)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <Form id="unset" method="post" action="?unset" />
      <div className="grid max-w-3xl gap-8">
        {cards.map(({ group, rows }) => (
          <Card key={group} title={<span id={group}>{t(`group.${group}`)}</span>}>
            <Form
              method="post"
              action={`?group=${group}`}
              state={failed === group ? refusedOf(actionData) : undefined}
              className="grid gap-5"
            >
              {saved === group && <Notice tone="ok">{common('saved')}</Notice>}
              <ErrorSummary />
              {rows.map((row) => (
                <SettingField key={row.key} setting={row} note={notes[row.key]} unsetForm="unset" />
              ))}
              <Button className="justify-self-start">{common('save')}</Button>
            </Form>
          </Card>
        ))}
      </div>
    </>
  )
}
