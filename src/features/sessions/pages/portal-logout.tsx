import { redirect } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { signOut } from '../sign-in.ts'
import type { Route } from './+types/portal-logout'
import { afterSignIn } from './after-sign-in.ts'

export function loader() {
  return redirect('/')
}

/** Ends the session, and goes on to the page that asked for another account, if one did. */
export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const { host, searchParams } = new URL(request.url)
  const cookies = await signOut(app, actor, request.headers)
  return afterSignIn(searchParams.get('next') ?? '/login', 'customer', host, cookies)
}
