import { useTranslation } from 'react-i18next'
import { Button } from '../../../ui/button.tsx'
import { Form } from '../../../ui/form.tsx'
import { Badge } from '../../../ui/notice.tsx'
import { Card } from '../../../ui/page.tsx'
import { Table } from '../../../ui/table.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import type { ServiceKeyJson } from '../meter-json.ts'

/** The keys of the operator's programs; revoked ones stay as history. */
export function ServiceKeyTable({ keys, now }: { keys: ServiceKeyJson[]; now: number }) {
  const { t } = useTranslation('meters')
  const { t: common } = useTranslation()
  if (keys.length === 0) return null
  return (
    <Card flush>
      <Table
        caption={t('serviceKeys')}
        rows={keys}
        keyOf={({ id }) => id}
        columns={[
          { title: t('keyName'), isHead: true, cell: ({ name }) => name },
          { title: t('key'), cell: ({ masked }) => <code className="text-xs">{masked}</code> },
          {
            title: t('scopes'),
            cell: ({ scopes }) => <code className="text-xs">{scopes.join(', ')}</code>,
          },
          {
            title: t('lastUsed'),
            cell: ({ last_used_at }) => (
              <RelativeTime value={last_used_at} now={now} fallback={common('never')} />
            ),
          },
          {
            title: t('state'),
            cell: ({ status }) => (
              <Badge tone={status === 'active' ? 'ok' : 'neutral'}>{t(`states.${status}`)}</Badge>
            ),
          },
          {
            title: t('revoke'),
            isAction: true,
            cell: ({ id, name, status }) =>
              status === 'active' && (
                <details>
                  <summary className="link w-fit">{t('revoke')}</summary>
                  <Form method="post" action="?form=revoke" className="mt-2 grid gap-2">
                    <p>{t('revokeText', { name })}</p>
                    <input type="hidden" name="id" value={id} />
                    <Button look="danger" className="justify-self-start">
                      {t('revokeConfirm')}
                    </Button>
                  </Form>
                </details>
              ),
          },
        ]}
      />
    </Card>
  )
}
