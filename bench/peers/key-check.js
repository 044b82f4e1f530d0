import { createHash } from 'node:crypto'
import { createServer } from 'node:http'

/** What nginx asks with auth_request: is the SHA-256 of this key known? */
const [, , port, key] = process.argv
const digest = (text) => createHash('sha256').update(text).digest('hex')
const known = new Set([digest(key)])
createServer((request, response) => {
  response.writeHead(known.has(digest(request.headers['x-api-key'] ?? '')) ? 204 : 401)
  response.end()
}).listen(Number(port), '127.0.0.1')
