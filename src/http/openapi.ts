import type { App } from '../core/app.ts'
import type { FrontDoor } from './server.ts'

/** The OpenAPI 3.1 document of every API, made from the schemas that check the requests. */
export function openApiDocument(door: FrontDoor, app: App, version: string) {
  door.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'http',
    scheme: 'bearer',
    description: 'A session token from POST /api/portal/auth/login, or the admin token.',
  })
  return door.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Apigate',
      version,
      description:
        'Every portal, customer, developer and admin endpoint. The headers RateLimit-Policy and RateLimit say how many calls are left in this minute; one too many is answered with 429 and Retry-After.',
    },
    servers: [{ url: app.config.publicUrl }],
    security: [{ session: [] }],
  })
}
