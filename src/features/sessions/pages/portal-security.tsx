import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { can } from '../../../core/actor.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { formOf, submitOneOf } from '../../../core/http/submit.ts'
import { Notice } from '../../../ui/notice.tsx'
import { hasPassword } from '../../accounts/passwords.ts'
import { ChangePassword, changePassword, getProfile } from '../../accounts/profile.ts'
import { describeDevice } from '../devices.ts'
import {
  listPasskeys,
  RenamePasskey,
  removePasskey,
  renamePasskey,
  toPasskeyJson,
} from '../passkeys.ts'
import { forgotPassword } from '../password-reset.ts'
import { endOtherSessions, endSession, listSessions } from '../sessions.ts'
import { disableTwoFactor, getTwoFactor } from '../two-factor.ts'
import { getTwoFactorRule, setTwoFactorRule } from '../two-factor-rule.ts'
import type { Route } from './+types/portal-security'
import { BothForm } from './both-form.ts'
import { PasskeysCard } from './passkeys-card.tsx'
import { PasswordCard, SetPasswordCard } from './password-card.tsx'
import { type SessionItem, SessionsCard } from './sessions-card.tsx'
import { TwoFactorCard } from './two-factor-card.tsx'
import { TwoFactorRuleCard } from './two-factor-rule-card.tsx'

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const { id, email } = await getProfile(app, actor)
  const hasOwnPassword = await hasPassword(app, id)
  const sessions: SessionItem[] = (await listSessions(app, actor)).map((session) => ({
    id: session.id,
    device: describeDevice(session.user_agent),
    ip: session.ip,
    lastUsedAt: session.last_used_at,
    isCurrent: session.is_current,
  }))
  const { enabledAt, ...rest } = await getTwoFactor(app, actor)
  const twoFactor = { enabledAt: enabledAt?.toISOString() ?? null, ...rest }
  const rule = can(actor, 'organization:write') ? await getTwoFactorRule(app, actor) : null
  const passkeys = (await listPasskeys(app, actor)).map(toPasskeyJson)
  const device = describeDevice(request.headers.get('user-agent'))
  const done = new URL(request.url).searchParams.get('done')
  return {
    ...{ email, hasOwnPassword, sessions, twoFactor, passkeys, device, rule, done },
    now: app.now().getTime(),
  }
}

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  return submitOneOf(request, {
    password: formOf(
      ChangePassword,
      (input) => changePassword(app, actor, input),
      '/settings/security?done=password',
    ),
    'set-password': formOf(
      z.object({}),
      async () => forgotPassword(app, actor, (await getProfile(app, actor)).email),
      '/settings/security?done=set-password',
    ),
    'two-factor-off': formOf(
      BothForm,
      (input) => disableTwoFactor(app, actor, input),
      '/settings/security?done=two-factor-off#two-factor',
    ),
    'two-factor-rule': formOf(
      z.object({ required: z.enum(['true', 'false']) }),
      ({ required }) => setTwoFactorRule(app, actor, { required: required === 'true' }),
      '/settings/security?done=saved#two-factor-rule',
    ),
    'passkey-name': formOf(
      z.object({ id: z.string(), name: RenamePasskey.shape.name.default('') }),
      ({ id, name }) => renamePasskey(app, actor, id, name),
      '/settings/security?done=saved#passkeys',
    ),
    'passkey-removal': formOf(
      z.object({ id: z.string() }),
      ({ id }) => removePasskey(app, actor, id),
      '/settings/security?done=passkey-removed#passkeys',
    ),
    session: formOf(
      z.object({ id: z.string() }),
      ({ id }) => endSession(app, actor, id),
      '/settings/security?done=session#sessions',
    ),
    sessions: formOf(
      z.object({}),
      () => endOtherSessions(app, actor),
      '/settings/security?done=session#sessions',
    ),
  })
}

export default function Security({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('accounts')
  const { t: common } = useTranslation()
  const { t: factors } = useTranslation('factors')
  const { email, hasOwnPassword, sessions, twoFactor, passkeys, device, rule, done, now } =
    loaderData
  return (
    <>
      <title>{t('security')}</title>
      {done === 'password' && <Notice tone="ok">{t('passwordChanged')}</Notice>}
      {done === 'session' && <Notice tone="ok">{t('sessionEnded')}</Notice>}
      {done === 'two-factor' && <Notice tone="ok">{factors('turnedOn')}</Notice>}
      {done === 'two-factor-off' && <Notice tone="ok">{factors('turnedOff')}</Notice>}
      {done === 'set-password' && <Notice>{t('passwordLinkSent', { email })}</Notice>}
      {done === 'passkey-removed' && <Notice tone="ok">{factors('passkeyRemoved')}</Notice>}
      {done === 'saved' && <Notice tone="ok">{common('saved')}</Notice>}
      {hasOwnPassword ? (
        <PasswordCard email={email} state={refusedOf(actionData, 'password')} />
      ) : (
        <SetPasswordCard email={email} state={refusedOf(actionData, 'set-password')} />
      )}
      <TwoFactorCard {...twoFactor} removal={refusedOf(actionData, 'two-factor-off')} />
      <PasskeysCard
        passkeys={passkeys}
        now={now}
        suggestion={device}
        needsCode={twoFactor.enabledAt !== null}
        renaming={refusedOf(actionData, 'passkey-name')}
      />
      {rule && (
        <TwoFactorRuleCard
          required={rule.required}
          membersWithout={rule.members_without}
          state={refusedOf(actionData, 'two-factor-rule')}
        />
      )}
      <SessionsCard sessions={sessions} now={now} />
    </>
  )
}
