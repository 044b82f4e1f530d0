import { useTranslation } from 'react-i18next'
import { requireOrganization } from '../../../core/actor.ts'
import { checked } from '../../../core/http/checked.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { ErrorSummary, Form, Select } from '../../../ui/form.tsx'
import { Card, PageHeader } from '../../../ui/page.tsx'
import { findSampleRoute } from '../../upstreams/sample-route.ts'
import { issueKey } from '../issue-key.ts'
import { IssueKey } from '../keys.ts'
import type { Route } from './+types/portal-new-key'
import { KeyFields } from './key-fields.tsx'
import { KeyForm, toKeyInput } from './key-form.ts'
import { NewKeyBox } from './new-key-box.tsx'

export async function loader({ context }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  requireOrganization(actor, 'keys:write')
  return { publicUrl: app.config.publicUrl, sample: await findSampleRoute(app) }
}

/** The new key is in the answer to this form alone: it has no address, and a reload does not bring it back. */
export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor, timeZone } = context.get(pageContext)
  return submit(KeyForm, request, async (form) => {
    const input = checked(IssueKey, toKeyInput(form, timeZone))
    const { name, key } = await issueKey(app, actor, input)
    return { name, secret: key }
  })
}

export default function NewKey({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('keys')
  const { t: common } = useTranslation()
  const refused = refusedOf(actionData)
  const issued = actionData && 'result' in actionData ? actionData.result : undefined
  return (
    <>
      <title>{t('create')}</title>
      <PageHeader
        title={issued ? t('created') : t('create')}
        back={{ to: '/keys', label: t('title') }}
      />
      <div className="max-w-2xl">
        {issued ? (
          <NewKeyBox {...issued} {...loaderData} />
        ) : (
          <Card>
            <Form method="post" state={refused} className="grid gap-5">
              <ErrorSummary />
              <KeyFields isOpen={refused !== undefined}>
                <Select
                  name="environment"
                  label={t('environment')}
                  hint={t('environmentHint')}
                  options={[
                    { value: 'live', label: t('live') },
                    { value: 'test', label: t('test') },
                  ]}
                />
              </KeyFields>
              <div className="flex gap-2">
                <Button>{t('create')}</Button>
                <LinkButton look="ghost" to="/keys">
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
