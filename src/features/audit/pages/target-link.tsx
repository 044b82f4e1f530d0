import { Link } from 'react-router'
import { useAuditWords } from './audit-words.ts'

const adminPages: Record<string, (id: string) => string> = {
  user: (id) => `/admin/users/${id}`,
  plan: (id) => `/admin/plans/${id}`,
  meter: (id) => `/admin/meters/${id}`,
  service_key: () => '/admin/service-keys',
  upstream: (id) => `/admin/upstreams/${id}`,
  route: (id) => `/admin/routes/${id}`,
  setting: (id) => `/admin/settings#${id}`,
}

/** What was changed, and the way to the operator's page about it, where there is one. */
export function TargetLink({ target }: { target: { type: string; id: string } }) {
  const words = useAuditWords()
  const pageOf = adminPages[target.type]
  const id = <code className="break-all font-mono text-xs">{target.id}</code>
  return (
    <>
      {words.target(target.type)}{' '}
      {pageOf ? (
        <Link className="link" to={pageOf(target.id)}>
          {id}
        </Link>
      ) : (
        id
      )}
    </>
  )
}
