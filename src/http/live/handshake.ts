import { upgradeWebSocket } from '@hono/node-server'
import type { Context } from 'hono'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Actor } from '../../core/actor.ts'
import { AppError } from '../../core/errors.ts'
import { ownOrigins } from '../../core/http/own-origins.ts'
import type { ApiEnv } from '../../core/http/router.ts'
import { redeemLiveToken } from '../../features/sessions/live-token.ts'
import type { Room } from './room.ts'

/**
 * Opens a live connection. A session's cookie opens it for our own pages alone: browsers let any
 * page open a WebSocket, and send the cookie along. `?token=` opens it for everybody who has one.
 */
export async function openLive(c: Context<ApiEnv>, room: Room): Promise<Response> {
  if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') {
    throw new AppError('upgrade_required', 'upgrade_required', 'Connect here with a WebSocket.')
  }
  const actor = await admit(c)
  let visit: ReturnType<Room['enter']> | undefined
  return upgradeWebSocket(c, {
    onOpen: (_, { raw }) => {
      visit = room.enter(raw as WebSocket, actor)
    },
    onMessage: ({ data }) => visit?.receive(String(data)),
    onClose: () => visit?.leave(),
  })
}

async function admit(c: Context<ApiEnv>): Promise<Actor> {
  const { app, actor, caller, ip, requestId } = c.var
  const token = c.req.query('token')
  if (token !== undefined) {
    const bearer = await redeemLiveToken(app, token, { ip, requestId })
    if (bearer) return bearer
    throw new AppError('unauthenticated', 'token_invalid', 'The token was used or is too old.')
  }
  const origin = c.req.header('origin')
  const isForeign =
    origin !== undefined && !ownOrigins(app.config.publicUrl, c.req.raw.headers).has(origin)
  if (isForeign && (caller.isByCookie || actor.type === 'anonymous')) {
    throw new AppError(
      'forbidden',
      'origin_not_allowed',
      'Pages of other sites connect with a token of POST /api/portal/live/token.',
    )
  }
  if (actor.type === 'anonymous')
    throw new AppError('unauthenticated', 'unauthenticated', 'Sign in to do this.')
  return actor
}

/** What a client says is short; what it is sent is not worth compressing. */
export function webSockets(): WebSocketServer {
  return new WebSocketServer({ noServer: true, maxPayload: 4096, perMessageDeflate: false })
}
