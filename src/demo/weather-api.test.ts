import { expect, test } from 'vitest'
import { startWeatherApi } from './weather-api.ts'
import { weatherOpenApi } from './weather-openapi.ts'

test('every documented operation answers with a documented status', async () => {
  const weather = await startWeatherApi()
  try {
    for (const [path, operations] of Object.entries(weatherOpenApi.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const address =
          path.replace('{id}', 'oslo') +
          (path === '/v1/stream' ? '?count=1' : path === '/v1/slow' ? '?ms=1' : '')
        const body = method === 'post' ? JSON.stringify({ temperature_c: 4 }) : undefined
        const answer = await fetch(weather.url + address, { method, body })
        await answer.text()
        expect(Object.keys(operation.responses), `${method} ${path}`).toContain(
          String(answer.status),
        )
      }
    }
    expect((await fetch(`${weather.url}/v1/stations/atlantis`)).status).toBe(404)
    expect((await fetch(`${weather.url}/v1/stations/oslo/forecast?days=99`)).status).toBe(400)
    expect(
      (await fetch(`${weather.url}/v1/stations/oslo/observations`, { method: 'POST', body: '{' }))
        .status,
    ).toBe(422)
  } finally {
    await weather.stop()
  }
})
