import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../ui/format.ts'
import { Card } from '../../../ui/page.tsx'
import { Table } from '../../../ui/table.tsx'
import type { MemberJson } from '../../teams/team-json.ts'

/** Who else works in the organization that is the user's. */
export function UserMembers({ members, ownId }: { members: MemberJson[]; ownId: string }) {
  const { t } = useTranslation('customers')
  const { t: team } = useTranslation('team')
  const format = useFormat()
  return (
    <Card title={t('members')} flush>
      <Table
        caption={t('members')}
        rows={members}
        keyOf={(member) => member.user_id}
        columns={[
          {
            title: t('email'),
            isHead: true,
            cell: (member) =>
              member.user_id === ownId ? (
                member.email
              ) : (
                <Link
                  to={`/admin/users/${member.user_id}`}
                  className="underline-offset-2 hover:underline"
                >
                  {member.email}
                </Link>
              ),
          },
          { title: t('name'), cell: (member) => member.name || '–' },
          { title: t('roleLabel'), cell: (member) => team(`roles.${member.role}`) },
          { title: t('since'), cell: (member) => format.date(member.joined_at) },
        ]}
      />
    </Card>
  )
}
