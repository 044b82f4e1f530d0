import { useTranslation } from 'react-i18next'
import { Table } from '../../../ui/table.tsx'

type Change = { field: string; from?: unknown; to: unknown }

/** What was changed, field by field: from what, to what. */
export function ChangesTable({ changes }: { changes: Record<string, unknown> }) {
  const { t } = useTranslation('audit')
  const say = useValue()
  const rows = Object.entries(changes).map(
    ([field, value]): Change => (isDiff(value) ? { field, ...value } : { field, to: value }),
  )
  const isDiffed = rows.some((row) => 'from' in row)
  const value = (title: string, pick: (row: Change) => unknown) => ({
    title,
    cell: (row: Change) => <span className="break-all">{say(pick(row))}</span>,
  })
  return (
    <Table
      caption={t('changes')}
      rows={rows}
      keyOf={(row) => row.field}
      columns={[
        {
          title: t('field'),
          isHead: true,
          cell: (row) => <code className="font-mono text-xs">{row.field}</code>,
        },
        ...(isDiffed ? [value(t('before'), (row) => row.from)] : []),
        value(isDiffed ? t('after') : t('value'), (row) => row.to),
      ]}
    />
  )
}

function isDiff(value: unknown): value is { from: unknown; to: unknown } {
  if (typeof value !== 'object' || value === null) return false
  return Object.keys(value).sort().join() === 'from,to'
}

function useValue() {
  const { t } = useTranslation()
  const say = (value: unknown): string => {
    if (value === undefined || value === null || value === '') return '–'
    if (typeof value === 'boolean') return value ? t('yes') : t('no')
    if (Array.isArray(value)) return value.map(say).join(', ') || '–'
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
  return say
}
