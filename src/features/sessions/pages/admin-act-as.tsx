import { redirect } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { beginActing } from '../acting.ts'
import type { Route } from './+types/admin-act-as'

export function loader({ params }: Route.LoaderArgs) {
  return redirect(`/admin/users/${params.id}`)
}

/** Leads into the portal as the user. Every page is another person's then, so the browser loads anew. */
export async function action({ context, params }: Route.ActionArgs) {
  const { app, actor, basePath } = context.get(pageContext)
  await beginActing(app, actor, params.id)
  return redirect(basePath, { headers: { 'X-Remix-Reload-Document': 'true' } })
}
