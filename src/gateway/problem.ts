import { titleOf } from '../core/http/problem.ts'

/** A refusal of the gateway as `application/problem+json`. */
export function problemBody(
  refusal: { code: string; status: number; detail: string },
  site: { problemBase: string; requestId: string; path: string },
): Buffer {
  return Buffer.from(
    JSON.stringify({
      type: `${site.problemBase}/${refusal.code}?request=${site.requestId}`,
      title: titleOf(refusal.code),
      status: refusal.status,
      detail: refusal.detail,
      instance: site.path,
      code: refusal.code,
      request_id: site.requestId,
    }),
  )
}
