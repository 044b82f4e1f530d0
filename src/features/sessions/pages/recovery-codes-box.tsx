import { useTranslation } from 'react-i18next'
import { AnchorButton } from '../../../ui/button.tsx'
import { CopyButton } from '../../../ui/copy.tsx'
import { useShell } from '../../../ui/shell.ts'

/** Recovery codes, the one time that they are shown, to be copied, saved or written down. */
export function RecoveryCodesBox({ codes, email }: { codes: string[]; email: string }) {
  const { t } = useTranslation('factors')
  const { branding } = useShell()
  const company = branding.companyName
  const text = `${t('codesFile', { company, email })}\n\n${codes.join('\n')}\n`
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(text)}`
  return (
    <div className="grid gap-3">
      <ul
        aria-label={t('recoveryCodes')}
        data-secret
        className="grid gap-x-6 gap-y-1.5 rounded-lg border border-n6 bg-n2 p-4 font-mono text-[13px] sm:grid-cols-2"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <CopyButton text={codes.join('\n')} label={t('copyCodes')} />
        <AnchorButton href={file} download="recovery-codes.txt" className="text-[13px]">
          {t('downloadCodes')}
        </AnchorButton>
      </div>
    </div>
  )
}
