import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { requireAdmin } from '../../../core/actor.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf, submit } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, Select, TextField } from '../../../ui/form.tsx'
import { Card, PageHeader } from '../../../ui/page.tsx'
import { listPlans } from '../../plans/plans.ts'
import { CreateUser, createUser } from '../users.ts'
import type { Route } from './+types/admin-new-user'

export async function loader({ context }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  requireAdmin(actor)
  return { plans: (await listPlans(app)).map(({ slug, name }) => ({ value: slug, label: name })) }
}

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const answer = await submit(CreateUser, request, (input) => createUser(app, actor, input))
  return 'result' in answer ? redirect(`/admin/users/${answer.result.id}`) : answer
}

export default function AdminNewUser({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('admin')
  return (
    <>
      <title>{t('addUser')}</title>
      <PageHeader title={t('addUser')} back={{ to: '/admin/users', label: t('customers') }} />
      <Card className="max-w-2xl">
        <Form method="post" state={refusedOf(actionData)} className="grid gap-4">
          <ErrorSummary />
          <TextField name="email" type="email" label={t('email')} autoComplete="off" />
          <TextField name="name" label={t('name')} autoComplete="off" />
          <Select
            name="plan_id"
            label={t('plan')}
            options={[{ value: '', label: t('defaultPlan') }, ...loaderData.plans]}
          />
          <Select
            name="role"
            label={t('roleLabel')}
            options={(['customer', 'agent', 'admin'] as const).map((value) => ({
              value,
              label: t(`role.${value}`),
            }))}
          />
          <TextField
            name="password"
            type="password"
            label={t('password')}
            hint={t('passwordHint')}
            autoComplete="new-password"
          />
          <Button className="justify-self-start">{t('addUser')}</Button>
        </Form>
      </Card>
    </>
  )
}
