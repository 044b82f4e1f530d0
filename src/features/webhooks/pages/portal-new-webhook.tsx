import { useTranslation } from 'react-i18next'
import { requireOrganization } from '../../../core/actor.ts'
import { checked } from '../../../core/http/checked.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { ErrorSummary, Form } from '../../../ui/form.tsx'
import { Card, PageHeader } from '../../../ui/page.tsx'
import { CreateWebhook } from '../webhook-input.ts'
import { createWebhook } from '../webhooks.ts'
import type { Route } from './+types/portal-new-webhook'
import { SecretBox } from './secret-box.tsx'
import { WebhookFields } from './webhook-fields.tsx'
import { toWebhookInput, WebhookForm } from './webhook-form.ts'

export function loader({ context }: Route.LoaderArgs) {
  requireOrganization(context.get(pageContext).actor, 'webhooks:write')
  return null
}

/** The secret is in the answer to this form alone: it has no address, and a reload does not bring it back. */
export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  return submit(WebhookForm, request, async (form) => {
    const input = checked(CreateWebhook, toWebhookInput(form))
    const { id, secret } = await createWebhook(app, actor, input)
    return { id, secret }
  })
}

export default function NewWebhook({ actionData }: Route.ComponentProps) {
  const { t } = useTranslation('webhooks')
  const { t: common } = useTranslation()
  const made = actionData && 'result' in actionData ? actionData.result : undefined
  return (
    <>
      <title>{t('create')}</title>
      <PageHeader
        title={made ? t('created') : t('create')}
        back={{ to: '/webhooks', label: t('title') }}
      />
      <div className="max-w-2xl">
        {made ? (
          <SecretBox {...made} />
        ) : (
          <Card>
            <Form method="post" state={refusedOf(actionData)} className="grid gap-5">
              <ErrorSummary />
              <WebhookFields />
              <div className="flex gap-2">
                <Button>{t('create')}</Button>
                <LinkButton look="ghost" to="/webhooks">
                  {common('cancel')}
                </LinkButton>
              </div>
            </Form>
          </Card>
        )}
      </div>
    </>
  )
}
