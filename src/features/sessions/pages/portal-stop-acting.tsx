import { redirect } from 'react-router'
import { requireUser } from '../../../core/actor.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { stopActing } from '../acting.ts'
import type { Route } from './+types/portal-stop-acting'

export function loader() {
  return redirect('/')
}

/** Back to the operator's page of the user, as oneself. */
export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const { userId } = requireUser(actor)
  await stopActing(app, actor)
  const { host } = new URL(request.url)
  const headers = { 'X-Remix-Reload-Document': 'true' }
  return redirect(`//${host}/admin/users/${userId}`, { headers })
}
