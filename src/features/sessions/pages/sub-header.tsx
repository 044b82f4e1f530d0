import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

/** The head of a page below the security settings, and the way back. */
export function SubHeader({ title }: { title: string }) {
  const { t } = useTranslation('accounts')
  return (
    <header className="-mb-2 grid gap-1">
      <Link
        to="/settings/security"
        className="w-fit text-[13px] text-n11 hover:text-n12 hover:underline"
      >
        ← {t('security')}
      </Link>
      <h2 className="font-semibold text-[18px] leading-7">{title}</h2>
    </header>
  )
}
