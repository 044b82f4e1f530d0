import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { z } from 'zod'
import { can } from '../../../core/actor.ts'
import { checked } from '../../../core/http/checked.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { Disclosure } from '../../../ui/disclosure.tsx'
import { ErrorSummary, Form, Select } from '../../../ui/form.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Badge, Notice } from '../../../ui/notice.tsx'
import { Card, DescriptionList, PageHeader } from '../../../ui/page.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import { findSampleRoute } from '../../upstreams/sample-route.ts'
import { toKeyJson } from '../key-json.ts'
import { getKey, revokeKey, UpdateKey, updateKey } from '../keys.ts'
import { rotateKey } from '../rotate-key.ts'
import type { Route } from './+types/portal-key'
import { dayOf } from './day-of.ts'
import { KeyFields } from './key-fields.tsx'
import { KeyForm, toKeyInput } from './key-form.ts'
import { NewKeyBox } from './new-key-box.tsx'

export async function loader({ context, params, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const key = await getKey(app, actor, params.id)
  const json = toKeyJson(key, app.now())
  return {
    key: json,
    isEditable: can(actor, 'keys:write') && json.status === 'active' && key.revokedAt === null,
    isRevocable: can(actor, 'keys:write') && json.status === 'active',
    isSaved: new URL(request.url).searchParams.has('saved'),
    publicUrl: app.config.publicUrl,
    sample: await findSampleRoute(app),
    now: app.now().getTime(),
  }
}

const RotateForm = z.object({ grace_hours: z.coerce.number().min(0).max(2160).default(24) })

export async function action({ context, params, request }: Route.ActionArgs) {
  const { app, actor, timeZone } = context.get(pageContext)
  const form = new URL(request.url).searchParams.get('form')
  if (form === 'revoke') {
    await revokeKey(app, actor, params.id)
    return redirect('/keys?revoked')
  }
  if (form === 'rotate') {
    return submit(RotateForm, request, async ({ grace_hours }) => {
      const { name, key } = await rotateKey(app, actor, params.id, Math.round(grace_hours * 3600))
      return { name, secret: key }
    })
  }
  const answer = await submit(KeyForm, request, async (values) => {
    const { expires_at, ...input } = toKeyInput(values, timeZone)
    const before = toKeyJson(await getKey(app, actor, params.id), app.now()).expires_at
    // The form knows the day alone: one that was not touched must not move the hour.
    const isMoved = values.expires_at !== dayOf(before, timeZone)
    const change = isMoved ? { ...input, expires_at } : input
    await updateKey(app, actor, params.id, checked(UpdateKey, change))
  })
  return 'result' in answer ? redirect(`/keys/${params.id}?saved`) : answer
}

export default function KeyPage({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('keys')
  const { t: common } = useTranslation()
  const format = useFormat()
  const { key, isEditable, isRevocable, isSaved, now } = loaderData
  const rotated = actionData && 'result' in actionData ? actionData.result : undefined
  if (rotated) {
    return (
      <>
        <title>{t('rotated')}</title>
        <PageHeader title={t('rotated')} back={{ to: '/keys', label: t('title') }} />
        <div className="max-w-2xl">
          <NewKeyBox {...rotated} publicUrl={loaderData.publicUrl} sample={loaderData.sample} />
        </div>
      </>
    )
  }
  return (
    <>
      <title>{key.name}</title>
      <PageHeader title={key.name} back={{ to: '/keys', label: t('title') }} />
      <div className="grid max-w-2xl gap-8">
        {isSaved && <Notice tone="ok">{common('saved')}</Notice>}
        <Card>
          <DescriptionList
            rows={[
              [
                t('key'),
                <code key="key" className="font-mono text-[13px]">
                  {key.masked}
                </code>,
              ],
              [
                t('state'),
                <Badge key="state" tone={key.status === 'active' ? 'ok' : 'neutral'}>
                  {t(`status.${key.status}`)}
                </Badge>,
              ],
              [t('environment'), t(key.environment)],
              [t('madeOn'), format.dateTime(key.created_at)],
              [
                t('lastUsed'),
                <RelativeTime
                  key="used"
                  value={key.last_used_at}
                  now={now}
                  fallback={t('neverUsed')}
                />,
              ],
              [t('thisMonth'), format.number(key.requests_this_month)],
              ...(key.revoked_at
                ? [[t('ends'), format.dateTime(key.revoked_at)] as [string, string]]
                : []),
            ]}
          />
        </Card>
        {isEditable && (
          <Card title={t('edit')}>
            <Form method="post" state={refusedOf(actionData)} className="grid gap-5">
              <ErrorSummary />
              <KeyFields values={key} isOpen />
              <Button className="justify-self-start">{common('save')}</Button>
            </Form>
          </Card>
        )}
        {isEditable && (
          <Card title={t('rotate')}>
            <p className="mb-4 text-n11">{t('rotateText')}</p>
            <Form method="post" action="?form=rotate" className="flex flex-wrap items-end gap-3">
              <Select
                name="grace_hours"
                label={t('grace')}
                defaultValue="24"
                options={['0', '1', '24', '168'].map((value) => ({
                  value,
                  label: t(`graceHours.${value as '0'}`),
                }))}
              />
              <Button look="secondary">{t('rotate')}</Button>
            </Form>
          </Card>
        )}
        {isRevocable && (
          <Card title={t('revoke')}>
            <p className="mb-4 text-n11">
              {key.last_used_at
                ? t('revokeText', { name: key.name, used: format.relative(key.last_used_at, now) })
                : t('revokeTextUnused', { name: key.name })}
            </p>
            <Disclosure summary={t('revoke')}>
              <Form method="post" action="?form=revoke">
                <Button look="danger">{t('revokeConfirm', { name: key.name })}</Button>
              </Form>
            </Disclosure>
          </Card>
        )}
      </div>
    </>
  )
}
