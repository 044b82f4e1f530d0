import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { Form } from '../../../ui/form.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Card, DescriptionList, PageHeader } from '../../../ui/page.tsx'
import { getUser } from '../../accounts/users.ts'
import { countPasskeys } from '../passkeys.ts'
import { resetTwoFactor } from '../two-factor.ts'
import type { Route } from './+types/admin-reset-two-factor'

export async function loader({ context, params }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const { id, email, twoFactorEnabledAt } = await getUser(app, actor, params.id)
  return { id, email, isOn: twoFactorEnabledAt !== null, passkeys: await countPasskeys(app, id) }
}

export async function action({ context, params }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const { id } = await resetTwoFactor(app, actor, params.id)
  return redirect(`/admin/users/${id}?saved`)
}

/** Asks once more before a user's second factor is taken away. */
export default function ResetTwoFactor({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('factors')
  const { t: common } = useTranslation()
  const format = useFormat()
  const { id, email, isOn, passkeys } = loaderData
  const user = `/admin/users/${id}`
  return (
    <>
      <title>{t('reset')}</title>
      <PageHeader title={t('reset')} back={{ to: user, label: email }} />
      <Card className="max-w-2xl">
        <DescriptionList
          rows={[
            [t('twoFactor'), isOn ? t('on') : t('off')],
            [t('passkeys'), format.number(passkeys)],
          ]}
        />
        <p className="my-4 text-n11">
          {isOn || passkeys > 0 ? t('resetText', { email }) : t('nothingToReset')}
        </p>
        <Form method="post" className="flex flex-wrap gap-2">
          {(isOn || passkeys > 0) && <Button look="danger">{t('reset')}</Button>}
          <LinkButton look="ghost" to={user}>
            {common('cancel')}
          </LinkButton>
        </Form>
      </Card>
    </>
  )
}
