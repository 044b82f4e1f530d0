import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/refused.ts'
import { ErrorSummary, Select } from '../../../ui/form.tsx'
import { Card } from '../../../ui/page.tsx'
import { noticeTypeNames } from '../../notices/notice-types.ts'
import { mailModeNames } from '../mail-mode.ts'
import type { MailModes } from '../mail-modes.ts'
import { AutosaveForm } from './autosave.tsx'

/** How the reader is mailed of each kind of notice; what concerns their account is mailed always. */
export function MailsCard({ modes, state }: { modes: MailModes; state?: Refused }) {
  const { t } = useTranslation('notices')
  const nameOf = (type: string) => t(`kind.${type}` as 'kind.key.created')
  const options = mailModeNames.map((mode) => ({ value: mode, label: t(`mode.${mode}`) }))
  const always = noticeTypeNames.filter((type) => type.startsWith('account.'))
  return (
    <Card title={t('yourMails')}>
      <p className="mb-5 text-n11">{t('yourMailsText')}</p>
      <AutosaveForm action="?form=mails" state={state} isPersonal className="grid gap-6">
        <ErrorSummary />
        <div className="grid gap-4 sm:grid-cols-2">
          {Object.entries(modes).map(([type, mode]) => (
            <Select
              key={type}
              name={type}
              label={nameOf(type)}
              options={options}
              defaultValue={mode}
            />
          ))}
        </div>
        <div>
          <p className="font-medium">{t('always')}</p>
          <p className="text-n11">{always.map(nameOf).join(' · ')}</p>
        </div>
      </AutosaveForm>
    </Card>
  )
}
