import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { webSockets } from './live/handshake.ts'
import type { FrontDoor } from './server.ts'

/**
 * The front door as a server for the gateway alone, which keeps its connections and closes those
 * that idle. None is closed from here: a request of somebody else's could be on its way over it.
 */
export function createDoorServer(door: FrontDoor): Server {
  const server = createAdaptorServer({
    fetch: door.fetch,
    websocket: { server: webSockets() },
    // It would close a connection half a second after a body that nobody read.
    autoCleanupIncoming: false,
  }) as Server
  server.keepAliveTimeout = 0
  server.on('request', discardUnread)
  return server
}

/** Takes in what is left of a body behind the answer, so that the next request can be read. */
function discardUnread(request: IncomingMessage, response: ServerResponse): void {
  response.once('finish', () => {
    if (request.readableEnded) return
    request.removeAllListeners('data')
    request.resume()
  })
}
