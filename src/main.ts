import * as build from 'virtual:react-router/server-build'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { createRequestHandler } from 'react-router'

const pages = createRequestHandler({ ...build, basename: '/developer' } as never, 'production')
const app = new Hono()
app.all('*', (c) => pages(c.req.raw))
serve({ fetch: app.fetch, port: 3999 })
