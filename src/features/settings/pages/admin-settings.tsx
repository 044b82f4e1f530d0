import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { z } from 'zod'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf, submit } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, Select, TextField } from '../../../ui/form.tsx'
import { Badge, Notice } from '../../../ui/notice.tsx'
import { Card, PageHeader } from '../../../ui/page.tsx'
import { parseSetting, showSetting } from '../setting-text.ts'
import { listSettings, setSetting, unsetSetting } from '../settings.ts'
import type { Route } from './+types/admin-settings'

const groups = {
  portal: /^portal_(?!registration|allow|login|register|reset|2fa)/,
  people: /^(portal_(registration|login|register|reset|2fa)|require_|session_|password_|sso_)/,
  keys: /^(key_|portal_allow|usage_|quota_)/,
  network: /./,
}
type Group = keyof typeof groups

function groupOf(key: string): Group {
  return (Object.keys(groups) as Group[]).find((name) => groups[name].test(key))!
}

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const rows = await listSettings(app, actor)
  const settings = rows.map((row) => ({
    key: row.key,
    text: row.is_secret ? '' : showSetting(row.value),
    fallback: showSetting(row.default),
    isSet: row.is_set,
    isSecret: row.is_secret,
    isSwitch: typeof row.default === 'boolean',
    group: groupOf(row.key),
  }))
  return { settings, saved: new URL(request.url).searchParams.get('saved') }
}

const SettingForm = z.object({ value: z.string().default('') })

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const search = new URL(request.url).searchParams
  const key = search.get('key') ?? ''
  const answer = await submit(SettingForm, request, async ({ value }) => {
    if (search.has('unset')) await unsetSetting(app, actor, key)
    else await setSetting(app, actor, key, parseSetting(key, value))
  })
  if ('result' in answer) return redirect(`/admin/settings?saved=${key}#${key}`)
  return { ...(answer.data as object), key }
}

export default function AdminSettings({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('admin')
  const { t: common } = useTranslation()
  const { settings, saved } = loaderData
  const failedKey = actionData && 'key' in actionData ? actionData.key : null
  return (
    <>
      <title>{t('settings')}</title>
      <PageHeader title={t('settings')} description={t('settingsText')} />
      <div className="grid max-w-3xl gap-8">
        {(Object.keys(groups) as Group[]).map((group) => (
          <Card key={group} title={t(`group.${group}`)}>
            <ul className="grid gap-5">
              {settings
                .filter((setting) => setting.group === group)
                .map((setting) => (
                  <li
                    key={setting.key}
                    id={setting.key}
                    className="grid gap-2 border-n4 border-b pb-5 last:border-0 last:pb-0"
                  >
                    {saved === setting.key && <Notice tone="ok">{common('saved')}</Notice>}
                    <Form
                      method="post"
                      action={`?key=${setting.key}`}
                      state={failedKey === setting.key ? refusedOf(actionData) : undefined}
                      className="grid gap-2"
                    >
                      {failedKey === setting.key && <ErrorSummary />}
                      <div className="flex flex-wrap items-end gap-2">
                        <div className="min-w-0 flex-1 basis-64">
                          <Field
                            name={setting.key}
                            text={setting.text}
                            fallback={setting.fallback}
                            isSet={setting.isSet}
                            isSecret={setting.isSecret}
                            isSwitch={setting.isSwitch}
                          />
                        </div>
                        <Button look="secondary">{common('save')}</Button>
                        {setting.isSet && (
                          <Button look="ghost" formAction={`?key=${setting.key}&unset`}>
                            {t('unset')}
                          </Button>
                        )}
                      </div>
                    </Form>
                  </li>
                ))}
            </ul>
          </Card>
        ))}
      </div>
    </>
  )
}

type FieldProps = {
  name: string
  text: string
  fallback: string
  isSet: boolean
  isSecret: boolean
  isSwitch: boolean
}

/** One setting: yes or no, or a line of text. */
function Field({ name, text, fallback, isSet, isSecret, isSwitch }: FieldProps) {
  const { t } = useTranslation('admin')
  const { t: common } = useTranslation()
  const label = (
    <span className="font-mono text-[13px]">
      {name} {isSet && <Badge tone="info">{t('changed')}</Badge>}
    </span>
  )
  const hint = fallback ? t('fallback', { value: fallback }) : undefined
  const shared = { name: 'value', label, hint, defaultValue: text }
  if (isSwitch) {
    return (
      <Select
        {...shared}
        options={[
          { value: 'true', label: common('yes') },
          { value: 'false', label: common('no') },
        ]}
      />
    )
  }
  return <TextField {...shared} type={isSecret ? 'password' : 'text'} autoComplete="off" />
}
