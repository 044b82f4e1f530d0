import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { WebSocket } from 'ws'
import type { App } from '../src/core/app.ts'
import { apis, liveKinds } from '../src/features/index.ts'
import { webSockets } from '../src/http/live/handshake.ts'
import { createRoom } from '../src/http/live/room.ts'
import { createFrontDoor } from '../src/http/server.ts'

export type Heard = { type: string; stream?: string; seq?: number; code?: string; data?: unknown }

/** A server's front door with live connections, on a port of its own. */
export async function openLive(app: App) {
  const room = createRoom(app, liveKinds)
  const door = createFrontDoor(app, { apis, room, version: '0.0.0-test' })
  const websocket = { server: webSockets() }
  const server = createAdaptorServer({ fetch: door.fetch, websocket }) as Server
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/api/portal/live`
  return {
    /** Connects, and keeps what it hears; the status of the refusal when there is one. */
    connect: async (query = '', headers: Record<string, string> = {}) => {
      const socket = new WebSocket(url + query, { headers })
      const heard: Heard[] = []
      let wake = () => {}
      socket.on('message', (data) => {
        heard.push(JSON.parse(String(data)))
        wake()
      })
      const closed = new Promise<string>((resolve) =>
        socket.once('close', (code, reason) => resolve(`${code} ${reason}`)),
      )
      const refused = await new Promise<number | null>((resolve, reject) => {
        socket.once('open', () => resolve(null))
        socket.once('unexpected-response', (_, answer) => resolve(answer.statusCode ?? 0))
        socket.once('error', reject)
      })
      const until = async (isIt: (message: Heard) => boolean) => {
        for (;;) {
          const found = heard.find(isIt)
          if (found) return found
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
      const say = (message: unknown) =>
        socket.send(typeof message === 'string' ? message : JSON.stringify(message))
      const follow = async (stream: string, after?: number) => {
        say({ type: 'subscribe', stream, after })
        return until((message) => message.stream === stream && message.type !== 'event')
      }
      return { socket, heard, refused, closed, until, say, follow }
    },
    [Symbol.asyncDispose]: async () => {
      room.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
