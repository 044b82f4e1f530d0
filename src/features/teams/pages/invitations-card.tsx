import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/refused.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, Select, TextField } from '../../../ui/form.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Badge } from '../../../ui/notice.tsx'
import { Card } from '../../../ui/page.tsx'
import { type Column, Table } from '../../../ui/table.tsx'
import { invitedRoles } from '../invited-roles.ts'
import type { InvitationJson } from '../team-json.ts'

/** Asks somebody to join. */
export function InviteCard({ isOff, state }: { isOff: boolean; state?: Refused }) {
  const { t } = useTranslation('team')
  return (
    <Card title={<span id="invite">{t('invite')}</span>}>
      {isOff ? (
        <p className="text-n11">{t('inviteOff')}</p>
      ) : (
        <>
          <p className="mb-4 text-n11">{t('inviteText')}</p>
          <Form method="post" action="?form=invite" state={state} className="grid gap-4">
            <ErrorSummary />
            <div className="grid items-start gap-4 sm:grid-cols-[minmax(0,2fr)_minmax(0,1fr)_auto]">
              <TextField name="email" type="email" label={t('email')} autoComplete="off" required />
              <Select
                name="role"
                label={t('role')}
                options={invitedRoles.map((role) => ({ value: role, label: t(`roles.${role}`) }))}
              />
              <Button className="sm:mt-6">{t('sendInvitation')}</Button>
            </div>
          </Form>
        </>
      )}
    </Card>
  )
}

type InvitationsCardProps = {
  invitations: InvitationJson[]
  isManager: boolean
  /** What sending again could not do. */
  state?: Refused
  now: number
}

/** Invitations that wait to be accepted. */
export function InvitationsCard({ invitations, isManager, state, now }: InvitationsCardProps) {
  const { t } = useTranslation('team')
  const format = useFormat()
  const columns: Column<InvitationJson>[] = [
    { title: t('email'), isHead: true, cell: ({ email }) => email },
    { title: t('role'), cell: ({ role }) => t(`roles.${role}`) },
    { title: t('invitedBy'), cell: ({ invited_by }) => invited_by ?? '–' },
    {
      title: t('expires'),
      cell: ({ expires_at }) =>
        Date.parse(expires_at) <= now ? (
          <Badge tone="warn">{t('expired')}</Badge>
        ) : (
          format.date(expires_at)
        ),
    },
  ]
  const actions: Column<InvitationJson> = {
    title: t('manage'),
    isAction: true,
    cell: ({ id, email }) => (
      <Form method="post" action="?form=resend" className="flex gap-4">
        <input type="hidden" name="id" value={id} />
        <button type="submit" className="link" aria-label={`${t('resend')}: ${email}`}>
          {t('resend')}
        </button>
        <button
          type="submit"
          formAction="?form=revoke"
          className="font-medium text-bad underline-offset-2 hover:underline"
          aria-label={`${t('revoke')}: ${email}`}
        >
          {t('revoke')}
        </button>
      </Form>
    ),
  }
  return (
    <Card title={t('invitations')} flush>
      {state && (
        <div className="px-5 pb-3">
          <Form state={state}>
            <ErrorSummary />
          </Form>
        </div>
      )}
      <Table
        caption={t('invitations')}
        rows={invitations}
        keyOf={({ id }) => id}
        columns={isManager ? [...columns, actions] : columns}
      />
    </Card>
  )
}
