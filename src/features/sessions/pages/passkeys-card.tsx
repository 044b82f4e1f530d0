import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/refused.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, TextField } from '../../../ui/form.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Card } from '../../../ui/page.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import type { PasskeyJson } from '../passkeys.ts'
import { AddPasskey } from './add-passkey.tsx'

type PasskeysCardProps = {
  passkeys: PasskeyJson[]
  now: number
  suggestion: string
  needsCode: boolean
  renaming?: Refused
}

/** The reader's passkeys, with ways to rename and remove each, and to add one. */
export function PasskeysCard({ passkeys, now, renaming, ...adding }: PasskeysCardProps) {
  const { t } = useTranslation('factors')
  return (
    <Card title={<span id="passkeys">{t('passkeys')}</span>}>
      <div className="grid gap-4">
        <p className="text-n11">{t('passkeysText')}</p>
        {passkeys.length > 0 && (
          <ul className="divide-y divide-n6 border-n6 border-y">
            {passkeys.map((passkey) => (
              <Item
                // A new name closes the form that gave it.
                key={`${passkey.id} ${passkey.name}`}
                passkey={passkey}
                now={now}
                renaming={renaming?.values.id === passkey.id ? renaming : undefined}
              />
            ))}
          </ul>
        )}
        <AddPasskey {...adding} />
      </div>
    </Card>
  )
}

type ItemProps = { passkey: PasskeyJson; now: number; renaming?: Refused }

function Item({ passkey, now, renaming }: ItemProps) {
  const { t } = useTranslation('factors')
  const { t: common } = useTranslation()
  const format = useFormat()
  const { id, name } = passkey
  return (
    <li className="grid gap-2 py-3">
      <div>
        <p className="break-words font-medium">{name}</p>
        <p className="text-[13px] text-n11">
          {t('passkeyCreated', { date: format.date(passkey.created_at) })}
          {passkey.last_used_at && (
            <>
              {' · '}
              {t('passkeyUsed')} <RelativeTime value={passkey.last_used_at} now={now} />
            </>
          )}
        </p>
      </div>
      <details open={renaming !== undefined}>
        <summary className="link w-fit text-[13px]" aria-label={`${t('changePasskey')}: ${name}`}>
          {t('changePasskey')}
        </summary>
        <div className="mt-3 grid gap-4">
          <Form
            method="post"
            action="?form=passkey-name"
            state={renaming}
            className="flex flex-wrap items-end gap-2"
          >
            <ErrorSummary />
            <input type="hidden" name="id" value={id} />
            <TextField name="name" label={t('passkeyName')} defaultValue={name} maxLength={80} />
            <Button look="secondary">{common('save')}</Button>
          </Form>
          <Form method="post" action="?form=passkey-removal">
            <input type="hidden" name="id" value={id} />
            <p className="mb-2 text-n11">{t('removePasskeyText')}</p>
            <Button look="danger" aria-label={`${t('removePasskey')}: ${name}`}>
              {t('removePasskey')}
            </Button>
          </Form>
        </div>
      </details>
    </li>
  )
}
