import { useTranslation } from 'react-i18next'
import { data, redirect } from 'react-router'
import { z } from 'zod'
import { requireAdmin } from '../../../core/actor.ts'
import { checked } from '../../../core/http/checked.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { Code } from '../../../ui/copy.tsx'
import { ErrorSummary, Form, TextField } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Card, PageHeader } from '../../../ui/page.tsx'
import { IssueServiceKey } from '../meter-input.ts'
import { toServiceKeyJson } from '../meter-json.ts'
import { issueServiceKey, listServiceKeys, revokeServiceKey } from '../service-keys.ts'
import type { Route } from './+types/admin-service-keys'
import { MeterTabs } from './meter-tabs.tsx'
import { ServiceKeyTable } from './service-key-table.tsx'

export async function loader({ context }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  requireAdmin(actor)
  return {
    now: app.now().getTime(),
    keys: (await listServiceKeys(app, actor)).map(toServiceKeyJson),
  }
}

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  if (new URL(request.url).searchParams.get('form') === 'revoke') {
    const answer = await submit(z.object({ id: z.string() }), request, ({ id }) =>
      revokeServiceKey(app, actor, id),
    )
    return 'result' in answer ? redirect('/admin/service-keys') : answer
  }
  const answer = await submit(z.object({ name: z.string().default('') }), request, (form) =>
    issueServiceKey(app, actor, checked(IssueServiceKey, form)),
  )
  if (!('result' in answer)) return answer
  const { name, key } = answer.result
  return data({ issued: { name, key } }, { headers: { 'cache-control': 'no-store' } })
}

export default function AdminServiceKeys({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('meters')
  const issued = actionData && 'issued' in actionData ? actionData.issued : undefined
  return (
    <>
      <title>{t('serviceKeys')}</title>
      <PageHeader title={t('serviceKeys')} description={t('serviceKeysText')} />
      <MeterTabs />
      <div className="grid gap-8">
        {issued ? (
          <Card>
            <div className="grid gap-4">
              <Notice tone="warn" title={t('storeNow')}>
                {t('storeNowText', { name: issued.name })}
              </Notice>
              <div data-secret>
                <Code copyable>{issued.key}</Code>
              </div>
            </div>
          </Card>
        ) : (
          <Card title={t('newKey')}>
            <Form method="post" state={refusedOf(actionData)} className="grid max-w-md gap-4">
              <ErrorSummary />
              <TextField name="name" label={t('keyName')} hint={t('keyNameHint')} />
              <Button className="justify-self-start">{t('createKey')}</Button>
            </Form>
          </Card>
        )}
        <ServiceKeyTable {...loaderData} />
      </div>
    </>
  )
}
