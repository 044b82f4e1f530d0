import { redirect } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { signOut } from '../sign-in.ts'
import type { Route } from './+types/admin-logout'

/** Ends the session and leads to the portal's login, which lies under another base than the admin's pages. */
export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor, basePath } = context.get(pageContext)
  const headers = new Headers()
  for (const cookie of await signOut(app, actor, request.headers))
    headers.append('set-cookie', cookie)
  return redirect(`${basePath}/login`, { headers })
}
