import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { useFormat } from '../../../ui/format.ts'
import { Card, DescriptionList, PageHeader } from '../../../ui/page.tsx'
import { getAuditEntry } from '../list-audit.ts'
import type { Route } from './+types/admin-audit-entry'
import { useAuditWords } from './audit-words.ts'
import { ChangesTable } from './changes-table.tsx'
import { TargetLink } from './target-link.tsx'

export async function loader({ context, params }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  return getAuditEntry(app, actor, params.id)
}

/** One row of the log, with what it changed and what stands near it. */
export default function AdminAuditEntry({ loaderData: entry }: Route.ComponentProps) {
  const { t } = useTranslation('audit')
  const format = useFormat()
  const words = useAuditWords()
  const title = words.action(entry.action)
  return (
    <>
      <title>{title}</title>
      <PageHeader
        title={title}
        description={<code className="font-mono text-xs">{entry.action}</code>}
        back={{ to: '/admin/audit', label: t('title') }}
      />
      <div className="grid max-w-3xl gap-6">
        <Card>
          <DescriptionList
            rows={[
              [
                t('when'),
                <time key="when" dateTime={entry.time}>
                  {format.dateTime(entry.time)}
                </time>,
              ],
              [
                t('actor'),
                <Near key="actor" name="actor" value={entry.actor.id} label={t('sameActor')}>
                  {words.actor(entry.actor)}
                </Near>,
              ],
              [
                t('target'),
                <Near key="target" name="target" value={entry.target.id} label={t('sameTarget')}>
                  <TargetLink target={entry.target} />
                </Near>,
              ],
              [
                t('organization'),
                <Near key="org" name="organization" value={entry.organization_id}>
                  <Code text={entry.organization_id} />
                </Near>,
              ],
              [t('ip'), entry.ip ?? '–'],
              [
                t('requestId'),
                <Near
                  key="request"
                  name="request_id"
                  value={entry.request_id}
                  label={t('sameRequest')}
                >
                  <Code text={entry.request_id} />
                </Near>,
              ],
              [t('place'), format.number(entry.seq)],
              [t('hash'), <Code key="hash" text={entry.hash} />],
            ]}
          />
        </Card>
        <Card title={t('changes')} flush>
          {Object.keys(entry.changes).length > 0 ? (
            <ChangesTable changes={entry.changes} />
          ) : (
            <p className="px-5 pb-5 text-n11">{entry.is_erased ? t('erased') : t('noChanges')}</p>
          )}
        </Card>
      </div>
    </>
  )
}

const Code = ({ text }: { text: string | null }) => (
  <code className="break-all font-mono text-xs">{text ?? '–'}</code>
)

type NearProps = {
  name: string
  value: string | null
  label?: string
  children: React.ReactNode
}

/** A value, and the way to all rows that share it. */
function Near({ name, value, label, children }: NearProps) {
  if (value === null) return children
  return (
    <span className="flex flex-wrap gap-x-3">
      <span className="min-w-0 break-words">{children}</span>
      {label && (
        <Link
          className="link text-[13px]"
          to={`/admin/audit?${new URLSearchParams({ [name]: value })}`}
        >
          {label}
        </Link>
      )}
    </span>
  )
}
