import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../ui/format.ts'
import { Badge } from '../../../ui/notice.tsx'
import { Card } from '../../../ui/page.tsx'
import { type Column, Pagination, Table } from '../../../ui/table.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import type { MemberJson } from '../team-json.ts'

type MemberTableProps = {
  members: MemberJson[]
  nextCursor: string | null
  /** The reader. */
  userId: string
  isManager: boolean
  now: number
}

/** Who belongs to the organization; for its owner with a way to change that. */
export function MemberTable({ members, nextCursor, userId, isManager, now }: MemberTableProps) {
  const { t } = useTranslation('team')
  const format = useFormat()
  const columns: Column<MemberJson>[] = [
    {
      title: t('member'),
      isHead: true,
      cell: (member) => <Person member={member} userId={userId} />,
    },
    { title: t('role'), cell: (member) => t(`roles.${member.role}`) },
    { title: t('since'), cell: (member) => format.date(member.joined_at) },
    {
      title: t('lastSeen'),
      cell: (member) => <RelativeTime value={member.last_seen_at} now={now} />,
    },
  ]
  const manage: Column<MemberJson> = {
    title: t('manage'),
    isAction: true,
    cell: (member) =>
      member.role !== 'owner' && (
        <Link
          to={`/team/members/${member.user_id}`}
          aria-label={t('manageMember', { name: member.name || member.email })}
          className="link"
        >
          {t('manage')}
        </Link>
      ),
  }
  return (
    <Card title={t('members')} flush>
      <Table
        caption={t('members')}
        rows={members}
        keyOf={(member) => member.user_id}
        columns={isManager ? [...columns, manage] : columns}
      />
      <Pagination nextCursor={nextCursor} />
    </Card>
  )
}

function Person({ member, userId }: { member: MemberJson; userId: string }) {
  const { t } = useTranslation('team')
  const isYou = member.user_id === userId
  return (
    <span className="grid gap-0.5">
      <span className="flex flex-wrap items-center gap-2">
        {member.name || member.email}
        {isYou && <Badge>{t('you')}</Badge>}
        {member.status !== 'active' && (
          <Badge tone={member.status === 'suspended' ? 'bad' : 'warn'}>
            {t(`status.${member.status}`)}
          </Badge>
        )}
      </span>
      {member.name && <span className="font-normal text-n11">{member.email}</span>}
    </span>
  )
}
