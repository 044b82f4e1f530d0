import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { stations, weatherAt } from './weather-data.ts'
import { weatherOpenApi } from './weather-openapi.ts'

export type WeatherApi = { url: string; stop: () => Promise<void> }

const hourMs = 3_600_000

/** The sample API behind the demo: a small weather service on loopback, with nothing to install. */
export async function startWeatherApi(port = 0): Promise<WeatherApi> {
  let calls = 0
  const server = createServer((request, response) => {
    void answer(request, response, ++calls).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  call: number,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://weather')
  const parts = pathname.split('/').slice(1)
  const count = (name: string, fallback: number, max: number) => {
    const value = Number(searchParams.get(name) ?? fallback)
    return Number.isInteger(value) && value >= 0 && value <= max ? value : undefined
  }
  if (pathname === '/v1/openapi.json') return send(response, 200, weatherOpenApi)
  if (pathname === '/v1/stream') return stream(response, count('count', 10, 3600) ?? 10)
  if (pathname === '/v1/slow') {
    const ms = count('ms', 2000, 30_000)
    if (ms === undefined)
      return send(response, 400, { error: 'ms must be a whole number up to 30000' })
    await sleep(ms)
    return send(response, 200, { waited_ms: ms })
  }
  if (pathname === '/v1/unstable') {
    return call % 3 === 0
      ? send(response, 503, { error: 'the sensor is being calibrated' })
      : send(response, 200, { ok: true })
  }
  if (parts[0] !== 'v1' || parts[1] !== 'stations')
    return send(response, 404, { error: 'there is nothing here' })
  if (parts.length === 2) {
    const country = searchParams.get('country')
    return send(response, 200, {
      data: stations.filter((station) => !country || station.country === country),
    })
  }
  const station = stations.find(({ id }) => id === parts[2])
  if (!station) return send(response, 404, { error: `there is no station "${parts[2]}"` })
  const hour = Math.floor(Date.now() / hourMs)
  const at = (hours: number) => weatherAt(station, new Date((hour + hours) * hourMs))
  if (parts.length === 3) return send(response, 200, station)
  if (parts[3] === 'observations' && request.method === 'POST')
    return takeObservation(request, response)
  if (parts[3] === 'observations') {
    const hours = count('hours', 24, 168)
    if (!hours) return send(response, 400, { error: 'hours must be between 1 and 168' })
    return send(response, 200, { data: Array.from({ length: hours }, (_, i) => at(-i)) })
  }
  if (parts[3] === 'forecast') {
    const days = count('days', 3, 10)
    if (!days) return send(response, 400, { error: 'days must be between 1 and 10' })
    return send(response, 200, {
      data: Array.from({ length: days * 4 }, (_, i) => at(6 * (i + 1))),
    })
  }
  return send(response, 404, { error: 'there is nothing here' })
}

async function takeObservation(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = ''
  for await (const chunk of request) text += chunk
  const given = parse(text)
  const temperature = given?.temperature_c
  if (typeof temperature !== 'number' || temperature < -90 || temperature > 60) {
    return send(response, 422, { error: 'temperature_c must be a number between -90 and 60' })
  }
  return send(response, 201, {
    temperature_c: temperature,
    ...(typeof given?.note === 'string' && { note: given.note }),
  })
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}

async function stream(response: ServerResponse, count: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  for (let i = 0; i < count && !response.destroyed; i++) {
    const station = stations[i % stations.length]!
    response.write(
      `event: observation\ndata: ${JSON.stringify({ station: station.id, ...weatherAt(station, new Date()) })}\n\n`,
    )
    await sleep(1000)
  }
  response.end()
}

function send(response: ServerResponse, status: number, value: object): void {
  const text = JSON.stringify(value)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}
