import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { z } from 'zod'
import { can } from '../../../core/actor.ts'
import { checked } from '../../../core/http/checked.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { formOf, submit, submitOneOf } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Card, PageHeader } from '../../../ui/page.tsx'
import { listDeliveries, testWebhook } from '../deliveries.ts'
import { ListDeliveries, UpdateWebhook } from '../webhook-input.ts'
import { deleteWebhook, getWebhook, rotateSecret, updateWebhook } from '../webhooks.ts'
import type { Route } from './+types/portal-webhook'
import { DeliveriesCard, deliveryViews } from './deliveries-card.tsx'
import { SecretBox } from './secret-box.tsx'
import { DeleteCard, DetailsCard, SecretCard, SwitchCard } from './webhook-cards.tsx'
import { WebhookFields } from './webhook-fields.tsx'
import { toWebhookInput, WebhookForm } from './webhook-form.ts'

export async function loader({ context, params, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const search = new URL(request.url).searchParams
  const view = deliveryViews.find((name) => name === search.get('status')) ?? 'all'
  const query = checked(ListDeliveries, {
    cursor: search.get('cursor') ?? undefined,
    status: view === 'all' ? undefined : view,
  })
  const deliveries = await listDeliveries(app, actor, params.id, query)
  return {
    webhook: await getWebhook(app, actor, params.id),
    view,
    deliveries: deliveries.data,
    nextCursor: deliveries.next_cursor,
    isEditor: can(actor, 'webhooks:write'),
    done: search.get('done'),
    now: app.now().getTime(),
  }
}

const RotateForm = z.object({ overlap_hours: z.coerce.number().default(24) })

export async function action({ context, params, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const { id } = params
  const here = `/webhooks/${id}`
  if (new URL(request.url).searchParams.get('form') === 'rotate') {
    return submit(RotateForm, request, async (input) => {
      const { secret, former_secret_until: formerUntil } = await rotateSecret(app, actor, id, input)
      return { id, secret, formerUntil }
    })
  }
  return submitOneOf(request, {
    edit: formOf(
      WebhookForm,
      async (form) => updateWebhook(app, actor, id, checked(UpdateWebhook, toWebhookInput(form))),
      `${here}?done=saved`,
    ),
    switch: formOf(
      z.object({ enabled: z.enum(['true', 'false']) }),
      ({ enabled }) => updateWebhook(app, actor, id, { enabled: enabled === 'true' }),
      `${here}?done=saved`,
    ),
    test: formOf(
      z.object({}),
      () => testWebhook(app, actor, id),
      (delivery) => redirect(`/webhooks/deliveries/${delivery.id}`),
    ),
    delete: formOf(z.object({}), () => deleteWebhook(app, actor, id), '/webhooks?removed'),
  })
}

export default function Webhook({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('webhooks')
  const { t: common } = useTranslation()
  const { webhook, isEditor, done, now } = loaderData
  const back = { to: '/webhooks', label: t('title') }
  const rotated = actionData && 'result' in actionData ? actionData.result : undefined
  if (rotated) {
    return (
      <>
        <title>{t('rotated')}</title>
        <PageHeader title={t('rotated')} back={back} />
        <div className="max-w-2xl">
          <SecretBox {...rotated} />
        </div>
      </>
    )
  }
  const { host } = new URL(webhook.url)
  return (
    <>
      <title>{host}</title>
      <PageHeader
        title={<span className="break-all">{host}</span>}
        description={webhook.description || (webhook.is_alerts ? t('ofAlerts') : undefined)}
        back={back}
        actions={
          isEditor &&
          webhook.enabled && (
            <Form method="post" action="?form=test">
              <Button>{t('test')}</Button>
            </Form>
          )
        }
      />
      <div className="grid gap-8">
        {done && <Notice tone="ok">{common('saved')}</Notice>}
        <SwitchCard webhook={webhook} isEditor={isEditor} state={refusedOf(actionData, 'test')} />
        <DeliveriesCard
          deliveries={loaderData.deliveries}
          view={loaderData.view}
          nextCursor={loaderData.nextCursor}
          now={now}
        />
        {!isEditor && <DetailsCard webhook={webhook} />}
        {isEditor && (
          <div className="grid max-w-2xl gap-8">
            <Card title={t('edit')}>
              <Form
                method="post"
                action="?form=edit"
                state={refusedOf(actionData, 'edit')}
                className="grid gap-5"
              >
                <ErrorSummary />
                <WebhookFields key={webhook.url} values={webhook} />
                <Button look="secondary" className="justify-self-start">
                  {common('save')}
                </Button>
              </Form>
            </Card>
            <SecretCard webhook={webhook} />
            <DeleteCard host={host} />
          </div>
        )}
      </div>
    </>
  )
}
