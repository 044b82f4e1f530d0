import { useTranslation } from 'react-i18next'

/** Links to the files of all that a query matches. They leave the portal's pages: plain links, not the router's. */
export function ExportLinks({
  path,
  query,
}: {
  path: string
  query: Record<string, string | undefined>
}) {
  const { t } = useTranslation('usage')
  const given = Object.entries(query).filter((entry): entry is [string, string] =>
    Boolean(entry[1]),
  )
  const hrefOf = (format: string) =>
    `${path}?${new URLSearchParams([...given, ['format', format]])}`
  const look = 'font-medium text-brand-text underline-offset-2 hover:underline'
  return (
    <p className="flex gap-3 text-[13px]">
      <span className="text-n11">{t('export')}</span>
      <a className={look} href={hrefOf('csv')} download>
        {t('exportCsv')}
      </a>
      <a className={look} href={hrefOf('json')} download>
        {t('exportJson')}
      </a>
    </p>
  )
}
