import { requireConfirmedUser } from '../../core/actor.ts'
import { notFound } from '../../core/errors.ts'
import type { LiveKind } from '../../core/live/live.ts'

/** What concerns one person: `user:<id>`, for that person alone. */
export const userLive: LiveKind = {
  kind: 'user',
  authorize: (_app, actor, id) => {
    if (requireConfirmedUser(actor).userId !== id) throw notFound('stream')
  },
}
