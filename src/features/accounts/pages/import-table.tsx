import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../ui/format.ts'
import { Badge } from '../../../ui/notice.tsx'
import { Card } from '../../../ui/page.tsx'
import { useSentence } from '../../../ui/sentence.ts'
import { Table } from '../../../ui/table.tsx'
import type { ImportLine } from '../import-report.ts'

type ImportTableProps = {
  title: string
  lines: ImportLine[]
  /** How many there are, shown or not. */
  total: number
  /** Where all of them are as a file. */
  exportPath?: string
}

const tones = { created: 'ok', updated: 'info', failed: 'bad' } as const

/** Lines of a file, and what becomes of each. */
export function ImportTable({ title, lines, total, exportPath }: ImportTableProps) {
  const { t } = useTranslation('customers')
  const format = useFormat()
  const actions = exportPath && (
    <a
      className="font-medium text-[13px] text-brand-text underline-offset-2 hover:underline"
      href={`${exportPath}?format=csv`}
      download
    >
      {t('downloadFailed')}
    </a>
  )
  return (
    <Card title={title} actions={actions} flush>
      <Table
        caption={title}
        rows={lines}
        keyOf={({ line }) => String(line)}
        columns={[
          { title: t('line'), isNumber: true, cell: ({ line }) => format.number(line) },
          {
            title: t('email'),
            isHead: true,
            cell: ({ email }) => <span className="break-all">{email || '–'}</span>,
          },
          {
            title: t('result'),
            cell: ({ result }) => <Badge tone={tones[result]}>{t(`results.${result}`)}</Badge>,
          },
          { title: t('detail'), cell: (line) => <Detail line={line} /> },
        ]}
      />
      {total > lines.length && (
        <p className="border-n4 border-t px-5 py-3 text-[13px] text-n11">
          {t('firstOf', { shown: format.number(lines.length), total: format.number(total) })}
        </p>
      )}
    </Card>
  )
}

function Detail({ line }: { line: ImportLine }) {
  const { t } = useTranslation('customers')
  const say = useSentence()
  if (line.problem) return say(line.problem)
  return (
    <span className="grid gap-0.5">
      {line.changes.map(({ field, from, to }) => (
        <span key={field}>
          <span className="text-n11">{t(field)}: </span>
          {from !== null && (
            <>
              <del className="text-n11">{from}</del>
              <span aria-hidden> → </span>
            </>
          )}
          {to}
        </span>
      ))}
    </span>
  )
}
