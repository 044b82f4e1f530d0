import { useTranslation } from 'react-i18next'
import { Button } from '../../../ui/button.tsx'
import { Dialog, DialogButton } from '../../../ui/dialog.tsx'
import { Form } from '../../../ui/form.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Badge } from '../../../ui/notice.tsx'
import { Card, EmptyState } from '../../../ui/page.tsx'
import { Table } from '../../../ui/table.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import type { KeyWithHour } from '../customer.ts'

const tones = { active: 'ok', revoked: 'neutral', expired: 'warn' } as const

/** The keys of the user's organization, each with a way to end it. */
export function UserKeys({ keys, now }: { keys: KeyWithHour[]; now: number }) {
  const { t } = useTranslation('customers')
  const { t: words } = useTranslation('keys')
  const format = useFormat()
  const title = <span id="keys">{words('title')}</span>
  if (keys.length === 0) {
    return (
      <Card title={title} flush>
        <EmptyState title={t('noKeys')} />
      </Card>
    )
  }
  return (
    <Card title={title} flush>
      <Table
        caption={words('title')}
        rows={keys}
        keyOf={(key) => key.id}
        columns={[
          {
            title: words('name'),
            isHead: true,
            cell: (key) => (
              <span className="grid">
                {key.name}
                <code className="font-mono font-normal text-n11 text-xs">{key.masked}</code>
              </span>
            ),
          },
          {
            title: words('state'),
            cell: (key) => (
              <span className="flex flex-wrap gap-1">
                <Badge tone={tones[key.status]}>{words(`status.${key.status}`)}</Badge>
                {key.environment === 'test' && <Badge tone="info">{words('test')}</Badge>}
              </span>
            ),
          },
          {
            title: words('lastUsed'),
            cell: (key) => (
              <RelativeTime value={key.last_used_at} now={now} fallback={words('neverUsed')} />
            ),
          },
          {
            title: words('thisMonth'),
            isNumber: true,
            cell: (key) => format.number(key.requests_this_month),
          },
          {
            title: words('revoke'),
            isAction: true,
            cell: (key) => key.status === 'active' && <Revocation of={key} />,
          },
        ]}
      />
    </Card>
  )
}

function Revocation({ of: key }: { of: KeyWithHour }) {
  const { t } = useTranslation('customers')
  const { t: words } = useTranslation('keys')
  const format = useFormat()
  const dialog = `revoke-${key.id}`
  const count = key.requests_last_hour
  return (
    <>
      <DialogButton
        dialog={dialog}
        look="ghost"
        className="text-[13px] max-sm:-ml-3.5"
        aria-label={t('revokeName', { name: key.name })}
      >
        {words('revoke')}
      </DialogButton>
      <Dialog id={dialog} title={t('revokeTitle', { name: key.name })}>
        <Form method="post" action="?index&form=key" className="grid gap-4 text-left text-sm">
          <input type="hidden" name="id" value={key.id} />
          <p className="text-n11">
            {t('revokeText')} {t('keyUsedInHour', { count, number: format.number(count) })}
          </p>
          <Button look="danger" className="justify-self-start">
            {words('revokeConfirm', { name: key.name })}
          </Button>
        </Form>
      </Dialog>
    </>
  )
}
