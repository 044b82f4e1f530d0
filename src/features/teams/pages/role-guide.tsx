import { useTranslation } from 'react-i18next'
import {
  type MemberRole,
  memberRoles,
  type Permission,
  permissionsOf,
} from '../../../core/actor.ts'
import { Badge } from '../../../ui/notice.tsx'
import { Card } from '../../../ui/page.tsx'

/** What there is to be allowed, the most first: who may write may read, and is told only that. */
const areas = [
  ['keys:write', 'keys:read'],
  ['playground:use'],
  ['usage:read'],
  ['logs:read'],
  ['billing:write', 'billing:read'],
  ['tickets:write', 'tickets:read'],
  ['members:write', 'members:read'],
  ['organization:write'],
  ['audit:read'],
] as const satisfies Permission[][]

/** The table of permissions, in words. */
export function RoleGuide({ ownRole }: { ownRole: MemberRole | null }) {
  const { t } = useTranslation('team')
  return (
    <Card title={<span id="roles">{t('whatRoles')}</span>}>
      <div className="grid gap-6 sm:grid-cols-2 xl:grid-cols-4">
        {memberRoles.map((role) => (
          <section key={role} className="grid content-start gap-2">
            <h3 className="flex items-center gap-2 font-medium">
              {t(`roles.${role}`)} {role === ownRole && <Badge>{t('yourRole')}</Badge>}
            </h3>
            <ul className="grid gap-1.5 text-[13px] text-n11 leading-[18px]">
              {areas.map((area) => {
                const granted = area.find((permission) => permissionsOf(role).includes(permission))
                if (!granted) return null
                const [topic, verb] = granted.split(':') as ['keys', 'read']
                return <li key={granted}>{t(`may.${topic}.${verb}`)}</li>
              })}
            </ul>
          </section>
        ))}
      </div>
    </Card>
  )
}
