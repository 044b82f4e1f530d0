import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../ui/format.ts'
import { Badge } from '../../../ui/notice.tsx'
import { Card, DescriptionList } from '../../../ui/page.tsx'
import type { Membership } from '../../accounts/organizations.ts'
import type { AdminUserJson } from '../../accounts/user-json.ts'

/** What is known of a user and rarely changes. */
export function UserDetails({
  user,
  memberships,
}: {
  user: AdminUserJson
  memberships: Membership[]
}) {
  const { t } = useTranslation('customers')
  const { t: team } = useTranslation('team')
  const { t: factors } = useTranslation('factors')
  const format = useFormat()
  const code = (text: string) => <code className="break-all font-mono text-xs">{text}</code>
  const metadata = Object.entries(user.metadata)
  return (
    <Card title={t('details')}>
      <DescriptionList
        isStacked
        rows={[
          [t('id'), code(user.id)],
          [
            t('organizations'),
            memberships.length === 0 ? (
              '–'
            ) : (
              <ul key="organizations" className="grid gap-2">
                {memberships.map(({ organizationId, name, role }) => (
                  <li key={organizationId}>
                    <span className="flex flex-wrap items-center gap-x-2">
                      {name} <Badge>{team(`roles.${role}`)}</Badge>
                    </span>
                    {code(organizationId)}
                  </li>
                ))}
              </ul>
            ),
          ],
          [t('created'), format.dateTime(user.created_at)],
          [t('lastLogin'), user.last_login_at ? format.dateTime(user.last_login_at) : t('never')],
          [
            t('address'),
            user.email_verified_at
              ? t('verifiedOn', { date: format.date(user.email_verified_at) })
              : t('unverified'),
          ],
          [
            factors('twoFactor'),
            <span key="factor" className="flex flex-wrap items-center gap-x-3">
              {user.two_factor_enabled ? factors('on') : factors('off')}
              <Link to={`/admin/users/${user.id}/reset-two-factor`} className="link">
                {factors('reset')}
              </Link>
            </span>,
          ],
          ['Stripe', user.stripe_customer_id ? code(user.stripe_customer_id) : '–'],
        ]}
      />
      {metadata.length > 0 && (
        <div className="mt-5 border-n6 border-t pt-4">
          <h3 className="mb-3 font-semibold">{t('metadata')}</h3>
          <DescriptionList
            isStacked
            rows={metadata.map(([name, value]) => [
              name,
              typeof value === 'boolean' ? t(value ? 'yes' : 'no') : String(value),
            ])}
          />
        </div>
      )}
    </Card>
  )
}
