import { useTranslation } from 'react-i18next'
import { Form } from 'react-router'
import type { Sentence } from '../../../core/errors.ts'
import { FilterButtons } from '../../../ui/filter-buttons.tsx'
import { Select, TextField } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { useSentence } from '../../../ui/sentence.ts'
import type { AuditAction } from '../actions.ts'
import type { AuditForm } from './audit-search.ts'
import { useAuditWords } from './audit-words.ts'

type AuditFiltersProps = {
  form: AuditForm
  actions: readonly AuditAction[]
  problems: Sentence[]
}

/** Narrows the log down, by as many fields as the form has. What was asked for wrongly is told. */
export function AuditFilters({ form, actions, problems }: AuditFiltersProps) {
  const { t } = useTranslation('audit')
  const say = useSentence()
  const words = useAuditWords()
  const options = words.actionOptions(actions)
  const own = options.some(({ value }) => value === form.action)
    ? []
    : [{ value: form.action, label: form.action }]
  const isWide = form.actor !== undefined
  return (
    <>
      <Form method="get" key={Object.values(form).join('|')}>
        <div className="grid items-end gap-3 sm:grid-cols-2 lg:grid-cols-4">
          <TextField
            name="q"
            type="search"
            label={t('search')}
            hint={isWide ? t('searchHint') : undefined}
            defaultValue={form.q}
          />
          <Select
            name="action"
            label={t('action')}
            defaultValue={form.action}
            options={[...options, ...own]}
          />
          {isWide && (
            <>
              <TextField
                name="actor"
                label={t('actor')}
                hint={t('actorHint')}
                defaultValue={form.actor}
              />
              <TextField
                name="target"
                label={t('target')}
                hint={t('targetHint')}
                defaultValue={form.target}
              />
              <TextField
                name="organization"
                label={t('organization')}
                hint={t('targetHint')}
                defaultValue={form.organization}
              />
              <TextField
                name="request_id"
                label={t('requestId')}
                hint={t('targetHint')}
                defaultValue={form.request_id}
              />
            </>
          )}
          <TextField name="from" type="date" label={t('from')} defaultValue={form.from} />
          <TextField name="until" type="date" label={t('until')} defaultValue={form.until} />
          <FilterButtons isFiltered={Object.values(form).some((value) => value !== '')} />
        </div>
      </Form>
      {problems.length > 0 && (
        <Notice tone="warn" title={t('badFilter')}>
          {problems.map(say).join(' ')}
        </Notice>
      )}
    </>
  )
}
