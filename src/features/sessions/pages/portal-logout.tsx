import { redirect } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { signOut } from '../sign-in.ts'
import type { Route } from './+types/portal-logout'

export function loader() {
  return redirect('/')
}

export async function action({ context, request }: Route.ActionArgs) {
  const { app } = context.get(pageContext)
  const headers = new Headers()
  for (const cookie of await signOut(app, request.headers)) headers.append('set-cookie', cookie)
  return redirect('/login', { headers })
}
