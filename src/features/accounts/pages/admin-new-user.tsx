import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { z } from 'zod'
import { requireAdmin } from '../../../core/actor.ts'
import { checked } from '../../../core/http/checked.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, Select, TextField } from '../../../ui/form.tsx'
import { Card, PageHeader } from '../../../ui/page.tsx'
import { RadioGroup } from '../../../ui/radio-group.tsx'
import { listPlans } from '../../plans/plans.ts'
import { getSetting } from '../../settings/settings.ts'
import { CreateUser, createUser } from '../users.ts'
import type { Route } from './+types/admin-new-user'

const ways = ['link', 'password', 'none'] as const

export async function loader({ context }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  requireAdmin(actor)
  const plans = (await listPlans(app)).map(({ slug, name }) => ({ value: slug, label: name }))
  return { plans, minLength: await getSetting(app, 'password_min_length') }
}

const UserForm = z.object({
  email: z.string().optional(),
  name: z.string().optional(),
  plan_id: z.string().optional(),
  role: z.string().optional(),
  status: z.string().optional(),
  access: z.enum(ways),
  password: z.string().default(''),
})

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const answer = await submit(UserForm, request, ({ access, password, ...fields }) => {
    const entry =
      access === 'link' ? { send_invitation: true } : access === 'password' ? { password } : {}
    return createUser(app, actor, checked(CreateUser, { ...fields, ...entry }))
  })
  if (!('result' in answer)) return answer
  const { id, emailVerifiedAt } = answer.result
  return redirect(`/admin/users/${id}?done=${emailVerifiedAt === null ? 'invited' : 'added'}`)
}

export default function AdminNewUser({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('customers')
  const { plans, minLength } = loaderData
  return (
    <>
      <title>{t('add')}</title>
      <PageHeader title={t('add')} back={{ to: '/admin/users', label: t('title') }} />
      <Card className="max-w-2xl">
        <Form method="post" state={refusedOf(actionData)} className="group grid gap-5">
          <ErrorSummary />
          <TextField name="email" type="email" label={t('email')} autoComplete="off" required />
          <TextField name="name" label={t('name')} hint={t('optional')} autoComplete="off" />
          <div className="grid gap-5 sm:grid-cols-3">
            <Select
              name="plan_id"
              label={t('plan')}
              options={[{ value: '', label: t('defaultPlan') }, ...plans]}
            />
            <Select
              name="role"
              label={t('roleLabel')}
              options={(['customer', 'agent', 'admin'] as const).map((value) => ({
                value,
                label: t(`role.${value}`),
              }))}
            />
            <Select
              name="status"
              label={t('state')}
              options={(['active', 'pending', 'suspended'] as const).map((value) => ({
                value,
                label: t(`status.${value}`),
              }))}
            />
          </div>
          <RadioGroup
            name="access"
            legend={t('access.title')}
            defaultValue="link"
            choices={ways.map((value) => ({
              value,
              label: t(`access.${value}`),
              hint: t(`access.${value}Hint`),
            }))}
          />
          <div className="hidden group-has-[[value=password]:checked]:block">
            <TextField
              name="password"
              type="password"
              label={t('password')}
              hint={t('passwordHint', { count: minLength })}
              autoComplete="new-password"
            />
          </div>
          <Button className="justify-self-start">{t('add')}</Button>
        </Form>
      </Card>
    </>
  )
}
