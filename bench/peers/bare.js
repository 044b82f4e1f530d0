import { createServer } from 'node:http'
import { Pool } from 'undici'

/** The least that a proxy in Node can be: node:http on one side, undici's dispatch on the other, hop-by-hop headers dropped. */
const [, , port, upstream] = process.argv
const pool = new Pool(upstream)
const hopByHop = new Set([
  'connection',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

class Handler {
  constructor(response) {
    this.response = response
  }
  onRequestStart(controller) {
    this.controller = controller
  }
  onResponseStart(controller, status) {
    const raw = controller.rawHeaders
    const headers = []
    for (let i = 0; i < raw.length; i += 2) {
      const name = raw[i].toString('latin1')
      if (!hopByHop.has(name.toLowerCase())) headers.push(name, raw[i + 1].toString('latin1'))
    }
    this.response.sendDate = false
    this.response.writeHead(status, headers)
  }
  onResponseData(controller, chunk) {
    if (!this.response.write(chunk)) {
      controller.pause()
      this.response.once('drain', () => controller.resume())
    }
  }
  onResponseEnd() {
    this.response.end()
  }
  onResponseError() {
    this.response.destroy()
  }
}

createServer((request, response) => {
  const raw = request.rawHeaders
  const headers = []
  for (let i = 0; i < raw.length; i += 2) {
    if (!hopByHop.has(raw[i].toLowerCase())) headers.push(raw[i], raw[i + 1])
  }
  const body = request.method === 'GET' ? null : request
  pool.dispatch({ path: request.url, method: request.method, headers, body }, new Handler(response))
}).listen(Number(port), '127.0.0.1')
