import { useTranslation } from 'react-i18next'
import { AnchorButton } from '../../../ui/button.tsx'

export type ProviderLink = { name: string; href: string }

/** The ways to sign in at a provider, below the form for a password. */
export function ProviderLinks({ providers }: { providers: ProviderLink[] }) {
  const { t } = useTranslation('accounts')
  if (providers.length === 0) return null
  return (
    <section aria-label={t('otherWays')} className="mt-5 grid gap-3">
      <p className="flex items-center gap-3 text-[13px] text-n11 before:h-px before:flex-1 before:bg-n6 after:h-px after:flex-1 after:bg-n6">
        {t('or')}
      </p>
      {providers.map(({ name, href }) => (
        <AnchorButton key={href} href={href} className="min-h-11">
          {t('signInWith', { provider: name })}
        </AnchorButton>
      ))}
    </section>
  )
}
