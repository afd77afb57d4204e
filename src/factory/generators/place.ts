import * as l10n from '@vscode/l10n'
import { at, hash32, hashBelow, hashKey, pick } from '../hash.ts'
import type { HashKey } from '../hash.ts'
import type { Country } from './atlas.ts'
import { atlas } from './atlas.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { finished, isTextNamed, textOptions, words } from './text.ts'

type Part = 'country' | 'country-code' | 'postal' | 'city' | 'state' | 'street' | 'time-zone'

const parts: readonly (readonly [RegExp, Part])[] = [
  [/country_?(?:code|iso)|^iso_?2?$/, 'country-code'],
  [/country$|country_name$|nationality$/, 'country'],
  [/postal|post_?code|zip/, 'postal'],
  [/city$|^town$/, 'city'],
  [
    /(?:^|_)(?:province|region|county)$|state_or_province|(?:billing|shipping|ship|mailing|home|work|address)_state$/,
    'state',
  ],
  [/time_?zone$|^tz$/, 'time-zone'],
  [/^address(?:_line)?(?:_?1)?$|_address$|address_line|street/, 'street'],
]

/** Tables whose `state` is a part of a country. */
const located =
  /address|customer|employee|supplier|vendor|location|store|warehouse|venue|branch|office|compan/

/** Cities, countries, streets and postal codes; columns of one table that speak of the same address agree. */
export const place: Generator = {
  id: 'place',
  get description() {
    return l10n.t('cities, countries, streets')
  },
  example: { column: exampleColumn('city', 'text', 'TEXT'), unique: false },
  suggest: (column, { table, unique }) => {
    const isState = isTextNamed(column, /^state$/) && located.test(words(table))
    const part = isState ? 'state' : parts.find(([pattern]) => isTextNamed(column, pattern))?.[1]
    if (unique || part === undefined || /e_?mail|(?:^|_)(?:ip|mac)_|url/.test(words(column.name))) return null
    const isShort = part === 'country' && (column.maxLength ?? 99) < 12
    if (part === 'time-zone' && (column.maxLength ?? 99) < 19) return null
    return {
      options: { ...textOptions(column, false), part: isShort ? 'country-code' : part },
      reason: l10n.t('named like a place'),
    }
  },
  compile: (options, context) => {
    const { seed, table } = context
    const role = words(context.column).replace(
      /(?:country|nationality|iso|postal|post_?code|zip|city|town|province|region|county|state|time_?zone|tz|address|street).*$/,
      '',
    )
    const key = hashKey(seed, table, 'place', role)
    const second = hashKey(seed, table, 'place', role, 'detail')
    const { cities, countryOf } = atlas()
    const make = makers[String(options.part)] ?? makers.street
    const text =
      options.part === 'city'
        ? (index: number) => pick(cities, key, index)
        : (index: number) => make(at(countryOf, hashBelow(key, index, cities.length)), second, index)
    return finished(text, options, key, { separator: '' })
  },
}

type Maker = (country: Country, key: HashKey, index: number) => string

const makers: Readonly<Record<string, Maker>> & { readonly street: Maker } = {
  country: ({ name }) => name,
  'country-code': ({ code }) => code,
  'time-zone': ({ timeZone }) => timeZone,
  state: ({ states }, key, index) => pick(states, key, index),
  postal: ({ postal }, key, index) => filled(postal, hash32(key, index)),
  street: ({ streets, address }, key, index) => {
    const h = hash32(key, index)
    return address.replace(/[S#]/g, (mark) =>
      mark === 'S' ? (streets[(h >>> 8) % streets.length] ?? '') : String(1 + ((h & 255) % 199)),
    )
  },
}

const letters = 'ABCDEFGHJKLMNPRSTUVWXYZ'

/** A form with its # and ? replaced by the digits and letters that a hash gives. */
function filled(form: string, hash: number): string {
  let rest = hash
  let text = ''
  for (const mark of form) {
    if (mark === '#') text += rest % 10
    else if (mark === '?') text += letters[rest % letters.length] ?? 'A'
    else text += mark
    if (mark === '#' || mark === '?') rest = Math.imul(rest, 0x9e3779b1) >>> 3
  }
  return text
}
