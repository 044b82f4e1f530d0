import { notFound } from '../../../core/errors.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import type { Route } from './+types/not-found'

/** Also where a failure is shown that happened outside the pages. */
export function loader({ context }: Route.LoaderArgs) {
  throw context.get(pageContext).refusal ?? notFound('page')
}

export default function NotFound() {
  return null
}
