import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { Button } from '../../../ui/button.tsx'
import { Form } from '../../../ui/form.tsx'
import { CenteredCard } from '../../../ui/layout.tsx'
import { isHeldBack } from '../cookie-policy.ts'
import { bouncePath } from '../next-path.ts'
import { enterPortal, findOffered, spendOffer } from '../portal-sessions.ts'
import type { Route } from './+types/portal-enter'
import { afterSignIn, toSecondFactor } from './after-sign-in.ts'

/**
 * Lets a browser in by the code that the operator's server got. One that is signed in as somebody
 * else is asked first: nobody shall be made to work in another account by following a link.
 */
export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const { host, search, searchParams } = new URL(request.url)
  if (await isHeldBack(app, request.headers)) return redirect(bouncePath(`/enter${search}`))
  const code = searchParams.get('code') ?? ''
  const next = searchParams.get('next')
  const user = await findOffered(app, code)
  const present = actor.type === 'user' ? (actor.operator ?? actor) : null
  if ((present && present.userId !== user.id) || request.method === 'HEAD')
    return { code, next, name: user.name || user.email, present: present?.email ?? '' }
  if (!present) return enter(context, request, code, next)
  const { role } = await spendOffer(app, code)
  return afterSignIn(next, role, host)
}

export async function action({ context, request }: Route.ActionArgs) {
  const next = new URL(request.url).searchParams.get('next')
  const code = String((await request.formData()).get('code') ?? '')
  return enter(context, request, code, next)
}

async function enter(
  context: Route.LoaderArgs['context'],
  request: Request,
  code: string,
  next: string | null,
): Promise<Response> {
  const { app, ip, requestId } = context.get(pageContext)
  const caller = { ip, requestId, userAgent: request.headers.get('user-agent') }
  const entry = await enterPortal(app, code, caller)
  if ('challenge' in entry) return toSecondFactor(entry.challenge, next)
  const { user, cookies } = entry.session
  return afterSignIn(next, user.role, new URL(request.url).host, cookies)
}

export default function Enter({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('accounts')
  const { code, next, name, present } = loaderData
  const title = t('enterTitle', { name })
  return (
    <CenteredCard title={title}>
      <title>{title}</title>
      {/* The code in the address must not reach another site. */}
      <meta name="referrer" content="same-origin" />
      <Form
        method="post"
        action={next === null ? '/enter' : `/enter?next=${encodeURIComponent(next)}`}
        isPersonal
        className="grid gap-4"
      >
        <p className="text-n11">{t('enterText', { email: present })}</p>
        <input type="hidden" name="code" value={code} />
        <Button>{t('enter', { name })}</Button>
      </Form>
    </CenteredCard>
  )
}
