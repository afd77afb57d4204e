import { places } from './pools/places.ts'

export interface Country {
  readonly code: string
  readonly name: string
  readonly currency: string
  readonly locale: string
  readonly timeZone: string
  readonly streets: readonly string[]
  readonly states: readonly string[]
  /** With S for the street and # for the number. */
  readonly address: string
  /** With # for a digit and ? for a letter. */
  readonly postal: string
}

/** The cities that there are, each in its country. */
export interface Atlas {
  readonly cities: readonly string[]
  /** By the city's number. */
  readonly countryOf: readonly Country[]
  readonly countries: readonly Country[]
}

let drawn: Atlas | undefined

/** All places. */
export function atlas(): Atlas {
  return (drawn ??= drawAtlas())
}

function drawAtlas(): Atlas {
  const cities: string[] = []
  const countryOf: Country[] = []
  const countries = places.map((place): Country => ({
    ...place,
    code: place.country,
    streets: place.streets.split('|'),
    states: place.states.split('|'),
  }))
  countries.forEach((country, number) => {
    for (const city of places[number]?.cities.split('|') ?? []) {
      cities.push(city)
      countryOf.push(country)
    }
  })
  return { cities, countryOf, countries }
}
