import { redirect, redirectDocument } from 'react-router'
import { z } from 'zod'
import { checked } from '../../../core/http/checked.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { activateOrganization } from '../organizations.ts'
import type { Route } from './+types/portal-switch'

export function loader() {
  return redirect('/')
}

const Choice = z.object({ id: z.string() })

/** Changes to another organization, and begins there at the overview: what was open belongs to the first. */
export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const { id } = checked(Choice, Object.fromEntries(await request.formData()))
  await activateOrganization(app, actor, id)
  return redirectDocument('/')
}
