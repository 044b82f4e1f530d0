import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/refused.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, Select, TextField } from '../../../ui/form.tsx'
import { Card } from '../../../ui/page.tsx'
import type { Metadata } from '../../accounts/schema.ts'
import { metadataTypes, typeOf } from './metadata-types.ts'

/** So many empty rows stand below; whoever needs more saves and finds new ones. */
const emptyRows = 2

/** What the operator keeps about a user, in rows of name, type and value. */
export function MetadataCard({
  metadata,
  state,
}: {
  metadata: Metadata
  state: Refused | undefined
}) {
  const { t } = useTranslation('customers')
  const { t: common } = useTranslation()
  const entries = Object.entries(metadata)
  const sent = Object.keys(state?.values ?? {}).filter((name) => name.startsWith('name-')).length
  const [added, setAdded] = useState(0)
  const count = Math.max(entries.length + emptyRows, sent) + added
  const rows = Array.from({ length: count }, (_, row) => row)
  return (
    <Card title={t('metadata')}>
      <p className="mb-4 text-n11">{t('metadataText')}</p>
      <Form
        // Saved rows are made anew, with empty ones below.
        key={JSON.stringify(metadata)}
        method="post"
        action="?form=metadata"
        state={state}
        className="grid gap-4"
      >
        <ErrorSummary />
        {rows.map((row) => {
          const [name, value] = entries[row] ?? ['', '']
          return (
            <fieldset
              key={row}
              className="grid items-start gap-x-3 gap-y-2 border-n6 max-sm:border-b max-sm:pb-4 sm:grid-cols-[minmax(0,1fr)_7.5rem_minmax(0,1.4fr)]"
            >
              <legend className="sr-only">{t('entry', { number: row + 1 })}</legend>
              <TextField
                name={`name-${row}`}
                label={head(t('entryName'), row)}
                defaultValue={name}
              />
              <Select
                name={`type-${row}`}
                label={head(t('entryType'), row)}
                defaultValue={typeOf(value)}
                options={metadataTypes.map((type) => ({ value: type, label: t(`types.${type}`) }))}
              />
              <TextField
                name={`value-${row}`}
                label={head(t('entryValue'), row)}
                defaultValue={typeof value === 'boolean' ? t(value ? 'yes' : 'no') : String(value)}
              />
            </fieldset>
          )
        })}
        <div className="flex flex-wrap gap-3">
          <Button look="secondary">{common('save')}</Button>
          <Button
            type="button"
            look="ghost"
            onClick={() => setAdded(added + 1)}
            className="noscript:hidden"
          >
            <Plus aria-hidden className="size-4" />
            {t('addEntry')}
          </Button>
        </div>
      </Form>
    </Card>
  )
}

/** Beside each other, rows have their titles above the first one. */
const head = (title: string, row: number) => (
  <span className={row > 0 ? 'sm:sr-only' : ''}>{title}</span>
)
