export type Station = {
  id: string
  name: string
  country: string
  latitude: number
  longitude: number
  elevation_m: number
}

export const stations: Station[] = [
  {
    id: 'bergen',
    name: 'Bergen Florida',
    country: 'NO',
    latitude: 60.383,
    longitude: 5.333,
    elevation_m: 12,
  },
  {
    id: 'berlin',
    name: 'Berlin Tempelhof',
    country: 'DE',
    latitude: 52.468,
    longitude: 13.402,
    elevation_m: 48,
  },
  {
    id: 'cork',
    name: 'Cork Airport',
    country: 'IE',
    latitude: 51.847,
    longitude: -8.486,
    elevation_m: 155,
  },
  {
    id: 'lagos',
    name: 'Lagos Ikeja',
    country: 'NG',
    latitude: 6.577,
    longitude: 3.321,
    elevation_m: 40,
  },
  {
    id: 'lisbon',
    name: 'Lisboa Geofísico',
    country: 'PT',
    latitude: 38.719,
    longitude: -9.15,
    elevation_m: 77,
  },
  {
    id: 'lyon',
    name: 'Lyon Bron',
    country: 'FR',
    latitude: 45.726,
    longitude: 4.944,
    elevation_m: 202,
  },
  {
    id: 'mumbai',
    name: 'Mumbai Santacruz',
    country: 'IN',
    latitude: 19.117,
    longitude: 72.85,
    elevation_m: 14,
  },
  {
    id: 'oslo',
    name: 'Oslo Blindern',
    country: 'NO',
    latitude: 59.942,
    longitude: 10.72,
    elevation_m: 94,
  },
  {
    id: 'quito',
    name: 'Quito Iñaquito',
    country: 'EC',
    latitude: -0.175,
    longitude: -78.485,
    elevation_m: 2789,
  },
  {
    id: 'sapporo',
    name: 'Sapporo',
    country: 'JP',
    latitude: 43.06,
    longitude: 141.329,
    elevation_m: 17,
  },
  {
    id: 'tromso',
    name: 'Tromsø',
    country: 'NO',
    latitude: 69.654,
    longitude: 18.937,
    elevation_m: 100,
  },
  {
    id: 'wellington',
    name: 'Wellington Kelburn',
    country: 'NZ',
    latitude: -41.285,
    longitude: 174.768,
    elevation_m: 125,
  },
]

export type Weather = {
  time: string
  temperature_c: number
  wind_ms: number
  humidity_percent: number
  precipitation_mm: number
}

/** The weather of a place at a moment: made up, but the same each time it is asked for, warm by day and in summer. */
export function weatherAt(station: Station, time: Date): Weather {
  const hours = time.getTime() / 3_600_000
  const season =
    Math.cos(((hours / 24 - 200) / 365.25) * 2 * Math.PI) * Math.sign(station.latitude || 1)
  const daily = Math.cos(((hours + station.longitude / 15 - 14) / 24) * 2 * Math.PI)
  const noise = wave(station.id, hours / 31) + wave(`${station.id}+`, hours / 7)
  const mean = 28 - Math.abs(station.latitude) * 0.42 - station.elevation_m / 170
  const swing = Math.abs(station.latitude) * 0.18
  const rain = Math.max(0, wave(`${station.id}rain`, hours / 19) - 0.55)
  return {
    time: time.toISOString(),
    temperature_c: round(mean + swing * season + 4 * daily + 2.5 * noise),
    wind_ms: round(Math.abs(5 + 4 * wave(`${station.id}wind`, hours / 11))),
    humidity_percent: Math.round(Math.min(100, 68 - 12 * daily + 60 * rain + 6 * noise)),
    precipitation_mm: round(rain * 6),
  }
}

/** A smooth wave between -1 and 1 with a phase of its own for each name. */
function wave(name: string, at: number): number {
  let phase = 0
  for (const character of name) phase = (phase * 31 + character.charCodeAt(0)) % 6283
  return Math.sin(at * 2 * Math.PI + phase / 1000)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
