import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { z } from 'zod'
import { requireAdmin } from '../../../core/actor.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { Code } from '../../../ui/copy.tsx'
import { ErrorSummary, Form, TextField } from '../../../ui/form.tsx'
import { Card, PageHeader } from '../../../ui/page.tsx'
import { draftImport } from '../import-drafts.ts'
import type { Route } from './+types/admin-import'

export function loader({ context }: Route.LoaderArgs) {
  requireAdmin(context.get(pageContext).actor)
  return null
}

const UploadForm = z.object({ file: z.instanceof(File, { error: 'Choose a file.' }) })

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const answer = await submit(UploadForm, request, ({ file }) => draftImport(app, actor, file))
  return 'result' in answer ? redirect(`/admin/users/imports/${answer.result}`) : answer
}

const sample = `email,name,plan_name
john@example.com,John Doe,pro
jane@example.com,Jane Smith,free`

export default function AdminImport({ actionData }: Route.ComponentProps) {
  const { t } = useTranslation('customers')
  return (
    <>
      <title>{t('importTitle')}</title>
      <PageHeader
        title={t('importTitle')}
        description={t('importText')}
        back={{ to: '/admin/users', label: t('title') }}
      />
      <div className="grid max-w-2xl gap-8">
        <Card>
          <Form
            method="post"
            encType="multipart/form-data"
            state={refusedOf(actionData)}
            className="grid gap-5"
          >
            <ErrorSummary />
            <TextField
              name="file"
              type="file"
              accept=".csv,text/csv"
              label={t('file')}
              hint={t('fileHint')}
              required
            />
            <Button className="justify-self-start">{t('lookThrough')}</Button>
          </Form>
        </Card>
        <Card title={t('fileForm')}>
          <Code copyable>{sample}</Code>
          <ul className="mt-4 grid list-disc gap-1.5 pl-5 text-n11">
            <li>{t('fileColumns')}</li>
            <li>{t('fileNew')}</li>
            <li>{t('fileKnown')}</li>
            <li>{t('fileLines')}</li>
          </ul>
        </Card>
      </div>
    </>
  )
}
