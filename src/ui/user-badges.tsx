import { useTranslation } from 'react-i18next'
import { Badge } from './notice.tsx'

type Badged = {
  status: 'active' | 'pending' | 'suspended'
  role: 'customer' | 'agent' | 'admin'
}

const tones = { active: 'ok', pending: 'warn', suspended: 'bad' } as const

/** A user's state, and the role where it is not the usual one. */
export function UserBadges({ user }: { user: Badged }) {
  const { t } = useTranslation('customers')
  return (
    <span className="inline-flex flex-wrap gap-1">
      <Badge tone={tones[user.status]}>{t(`status.${user.status}`)}</Badge>
      {user.role !== 'customer' && <Badge tone="info">{t(`role.${user.role}`)}</Badge>}
    </span>
  )
}
