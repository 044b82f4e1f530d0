import { useTranslation } from 'react-i18next'
import { redirectDocument } from 'react-router'
import { requireConfirmedUser } from '../../../core/actor.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, TextField } from '../../../ui/form.tsx'
import { Card, PageHeader } from '../../../ui/page.tsx'
import { countRegistration } from '../../accounts/door-limits.ts'
import { createOrganization } from '../organizations.ts'
import { NameOrganization } from '../team-input.ts'
import type { Route } from './+types/portal-new-organization'

export function loader({ context }: Route.LoaderArgs) {
  requireConfirmedUser(context.get(pageContext).actor)
  return null
}

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor, ip } = context.get(pageContext)
  const answer = await submit(NameOrganization, request, async (input) => {
    await countRegistration(app, ip)
    return createOrganization(app, actor, input)
  })
  return 'result' in answer ? redirectDocument('/') : answer
}

export default function NewOrganization({ actionData }: Route.ComponentProps) {
  const { t } = useTranslation('team')
  return (
    <>
      <title>{t('create')}</title>
      <PageHeader title={t('create')} description={t('createText')} />
      <Card className="max-w-2xl">
        <Form method="post" state={refusedOf(actionData)} className="grid gap-4">
          <ErrorSummary />
          <TextField
            name="name"
            label={t('organizationName')}
            hint={t('organizationNameHint')}
            maxLength={80}
            autoComplete="organization"
            required
          />
          <Button className="justify-self-start">{t('create')}</Button>
        </Form>
      </Card>
    </>
  )
}
