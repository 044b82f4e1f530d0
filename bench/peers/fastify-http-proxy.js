import proxy from '@fastify/http-proxy'
import fastify from 'fastify'

const [, , port, upstream] = process.argv
const server = fastify()
await server.register(proxy, { upstream })
await server.listen({ port: Number(port), host: '127.0.0.1' })
