import { Download } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { redirectDocument } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { AnchorButton } from '../../../ui/button.tsx'
import { Card } from '../../../ui/page.tsx'
import { DeleteProfile, deleteProfile } from '../../accounts/profile.ts'
import { signOut } from '../../sessions/sign-in.ts'
import { getDeletion } from '../deletion.ts'
import type { Route } from './+types/portal-your-data'
import { DeletionCard } from './deletion-card.tsx'

export async function loader({ context }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  return getDeletion(app, actor)
}

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const answer = await submit(DeleteProfile, request, (input) => deleteProfile(app, actor, input))
  if (!('result' in answer)) return answer
  const headers = new Headers()
  for (const cookie of await signOut(app, actor, request.headers))
    headers.append('set-cookie', cookie)
  return redirectDocument('/login?deleted', { headers })
}

export default function YourData({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('home')
  return (
    <>
      <title>{t('yourData')}</title>
      <Card title={t('exportTitle')}>
        <p className="mb-4 text-n11">{t('exportText')}</p>
        <AnchorButton href="/api/portal/profile/export" download>
          <Download aria-hidden className="size-4" />
          {t('exportButton')}
        </AnchorButton>
      </Card>
      <DeletionCard {...loaderData} state={refusedOf(actionData)} />
    </>
  )
}
