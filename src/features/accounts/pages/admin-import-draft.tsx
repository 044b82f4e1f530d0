import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { z } from 'zod'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { ErrorSummary, Form } from '../../../ui/form.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Notice } from '../../../ui/notice.tsx'
import { PageHeader } from '../../../ui/page.tsx'
import { Stat } from '../../../ui/stat.tsx'
import { getDraft, runDraft } from '../import-drafts.ts'
import type { ImportLine } from '../import-report.ts'
import type { Route } from './+types/admin-import-draft'
import { ImportTable } from './import-table.tsx'

/** More than these nobody reads; the file has them all. */
const shownLines = 100

export async function loader({ context, params }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const { fileName, isDone, report } = await getDraft(app, actor, params.id)
  const { lines, ...counts } = report
  const differs = ({ result, changes }: ImportLine) => result !== 'updated' || changes.length > 0
  const changed = lines.filter((line) => line.result !== 'failed' && differs(line))
  return {
    id: params.id,
    fileName,
    isDone,
    counts: { ...counts, same: lines.length - counts.failed - changed.length },
    failed: lines.filter(({ result }) => result === 'failed').slice(0, shownLines),
    changed: changed.slice(0, shownLines),
    changedCount: changed.length,
  }
}

export async function action({ context, params, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const answer = await submit(z.object({}), request, () => runDraft(app, actor, params.id))
  return 'result' in answer ? redirect(`/admin/users/imports/${params.id}`) : answer
}

export default function AdminImportDraft({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('customers')
  const format = useFormat()
  const { id, fileName, isDone, counts, failed, changed, changedCount } = loaderData
  const title = isDone ? t('imported') : t('preview')
  const updated = counts.updated - counts.same
  return (
    <>
      <title>{title}</title>
      <PageHeader
        title={title}
        description={fileName}
        back={{ to: '/admin/users/import', label: t('importTitle') }}
      />
      <div className="grid gap-8">
        {isDone && (
          <Notice tone={counts.failed > 0 ? 'warn' : 'ok'}>
            {counts.failed > 0 ? t('importedInPart') : t('importedWhole')}
          </Notice>
        )}
        <div className="grid grid-cols-2 gap-4 xl:grid-cols-4">
          <Stat
            label={t(isDone ? 'wereCreated' : 'toCreate')}
            value={format.number(counts.created)}
          />
          <Stat label={t(isDone ? 'wereUpdated' : 'toUpdate')} value={format.number(updated)} />
          <Stat label={t('same')} value={format.number(counts.same)} />
          <Stat label={t('failed')} value={format.number(counts.failed)} />
        </div>
        {!isDone && (
          <Form method="post" state={refusedOf(actionData)} className="grid gap-4">
            <ErrorSummary />
            <div className="flex flex-wrap items-center gap-3">
              <Button disabled={changedCount === 0}>
                {t('importNow', { count: changedCount, number: format.number(changedCount) })}
              </Button>
              <LinkButton to="/admin/users/import">{t('otherFile')}</LinkButton>
            </div>
            <p className="text-[13px] text-n11">{t('keptADay')}</p>
          </Form>
        )}
        {failed.length > 0 && (
          <ImportTable
            title={t('failedLines', { count: counts.failed, number: format.number(counts.failed) })}
            lines={failed}
            total={counts.failed}
            exportPath={`/admin/users/imports/${id}/export`}
          />
        )}
        {changed.length > 0 && (
          <ImportTable
            title={t(isDone ? 'changedLines' : 'changingLines', {
              count: changedCount,
              number: format.number(changedCount),
            })}
            lines={changed}
            total={changedCount}
          />
        )}
        {isDone && (
          <LinkButton to="/admin/users" className="justify-self-start">
            {t('toList')}
          </LinkButton>
        )}
      </div>
    </>
  )
}
