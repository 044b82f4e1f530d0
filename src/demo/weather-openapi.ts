const stationId = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'A station, such as `oslo`.',
  schema: { type: 'string', examples: ['oslo'] },
}
const json = (schema: object, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const list = (name: string) => ({
  type: 'object',
  required: ['data'],
  properties: { data: { type: 'array', items: ref(name) } },
})
const notFound = json(ref('Error'), 'There is no such station.')

/** What the sample API says of itself. */
export const weatherOpenApi = {
  openapi: '3.1.0',
  info: {
    title: 'Northwind Weather',
    version: '1.0.0',
    description:
      'Observations and forecasts of weather stations. Times are UTC, temperatures °C, wind m/s, rain mm.',
  },
  tags: [
    { name: 'Stations' },
    { name: 'Observations' },
    { name: 'Forecasts' },
    { name: 'Testing' },
  ],
  paths: {
    '/v1/stations': {
      get: {
        operationId: 'listStations',
        tags: ['Stations'],
        summary: 'List stations',
        parameters: [
          {
            name: 'country',
            in: 'query',
            description: 'Two letters (ISO 3166-1).',
            schema: { type: 'string', pattern: '^[A-Z]{2}$' },
          },
        ],
        responses: { 200: json(list('Station'), 'Stations by name.') },
      },
    },
    '/v1/stations/{id}': {
      get: {
        operationId: 'getStation',
        tags: ['Stations'],
        summary: 'Get a station',
        parameters: [stationId],
        responses: { 200: json(ref('Station'), 'The station.'), 404: notFound },
      },
    },
    '/v1/stations/{id}/observations': {
      get: {
        operationId: 'listObservations',
        tags: ['Observations'],
        summary: 'Hourly observations, newest first',
        parameters: [
          stationId,
          {
            name: 'hours',
            in: 'query',
            description: 'How many hours back.',
            schema: { type: 'integer', minimum: 1, maximum: 168, default: 24 },
          },
        ],
        responses: {
          200: json(list('Weather'), 'Observations.'),
          400: json(ref('Error'), 'A bad parameter.'),
          404: notFound,
        },
      },
      post: {
        operationId: 'sendObservation',
        tags: ['Observations'],
        summary: 'Send an observation of your own',
        parameters: [stationId],
        requestBody: {
          required: true,
          content: { 'application/json': { schema: ref('NewObservation') } },
        },
        responses: {
          201: json(ref('NewObservation'), 'Taken.'),
          404: notFound,
          422: json(ref('Error'), 'Not an observation.'),
        },
      },
    },
    '/v1/stations/{id}/forecast': {
      get: {
        operationId: 'getForecast',
        tags: ['Forecasts'],
        summary: 'Forecast, one value every six hours',
        parameters: [
          stationId,
          {
            name: 'days',
            in: 'query',
            schema: { type: 'integer', minimum: 1, maximum: 10, default: 3 },
          },
        ],
        responses: {
          200: json(list('Weather'), 'The forecast.'),
          400: json(ref('Error'), 'A bad parameter.'),
          404: notFound,
        },
      },
    },
    '/v1/stream': {
      get: {
        operationId: 'streamObservations',
        tags: ['Observations'],
        summary: 'Observations as they come (server-sent events, one a second)',
        parameters: [
          {
            name: 'count',
            in: 'query',
            description: 'Ends after so many.',
            schema: { type: 'integer', minimum: 1, maximum: 3600, default: 10 },
          },
        ],
        responses: {
          200: {
            description: 'Events.',
            content: { 'text/event-stream': { schema: { type: 'string' } } },
          },
        },
      },
    },
    '/v1/slow': {
      get: {
        operationId: 'getSlowReport',
        tags: ['Testing'],
        summary: 'An answer that takes its time',
        parameters: [
          {
            name: 'ms',
            in: 'query',
            schema: { type: 'integer', minimum: 0, maximum: 30000, default: 2000 },
          },
        ],
        responses: {
          200: json({ type: 'object', properties: { waited_ms: { type: 'integer' } } }, 'At last.'),
        },
      },
    },
    '/v1/unstable': {
      get: {
        operationId: 'getUnstable',
        tags: ['Testing'],
        summary: 'Fails every third time',
        responses: {
          200: json({ type: 'object', properties: { ok: { type: 'boolean' } } }, 'It worked.'),
          503: json(ref('Error'), 'It did not.'),
        },
      },
    },
  },
  components: {
    schemas: {
      Station: {
        type: 'object',
        required: ['id', 'name', 'country', 'latitude', 'longitude', 'elevation_m'],
        properties: {
          id: { type: 'string' },
          name: { type: 'string' },
          country: { type: 'string' },
          latitude: { type: 'number' },
          longitude: { type: 'number' },
          elevation_m: { type: 'number' },
        },
      },
      Weather: {
        type: 'object',
        required: ['time', 'temperature_c', 'wind_ms', 'humidity_percent', 'precipitation_mm'],
        properties: {
          time: { type: 'string', format: 'date-time' },
          temperature_c: { type: 'number' },
          wind_ms: { type: 'number' },
          humidity_percent: { type: 'integer' },
          precipitation_mm: { type: 'number' },
        },
      },
      NewObservation: {
        type: 'object',
        required: ['temperature_c'],
        properties: {
          temperature_c: { type: 'number', minimum: -90, maximum: 60 },
          note: { type: 'string' },
        },
        example: { temperature_c: 4.2, note: 'Light drizzle' },
      },
      Error: { type: 'object', required: ['error'], properties: { error: { type: 'string' } } },
    },
  },
}
