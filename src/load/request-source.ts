import { Failure } from '../model/failure.ts'
import type { RequestTemplate } from '../model/load-plan.ts'
import { parameterNames } from '../model/route.ts'

type Part = string | readonly string[]

/** Gives the path of one request after another, parameters filled in. */
export interface RequestSource {
  readonly nextPath: () => string
}

/**
 * Compiles a template into a source of paths. Each parameter's value is drawn evenly from its values, percent-encoded;
 * the same template and seed always give the same sequence. `pathPrefix` goes before every path. Throws `HR_PARAMETER`
 * for a path parameter without values.
 */
export function requestSource(template: RequestTemplate, pathPrefix: string, seed: number): RequestSource {
  const parts = compile(template)
  const [only] = parts
  if (parts.length === 1 && typeof only === 'string') {
    const path = pathPrefix + only
    return { nextPath: () => path }
  }
  const random = mulberry32(seed)
  return {
    nextPath() {
      let path = pathPrefix
      for (const part of parts) {
        path += typeof part === 'string' ? part : (part[Math.floor(random() * part.length)] ?? '')
      }
      return path
    },
  }
}

function compile(template: RequestTemplate): Part[] {
  const [pathname = ''] = template.path.split('?')
  for (const name of parameterNames(pathname)) {
    if ((template.parameters[name]?.values.length ?? 0) === 0) throw missingValues(name)
  }
  const path = template.path.startsWith('/') ? template.path : `/${template.path}`
  // A name in the query string that has no values is text, as in ?at=10:30.
  return path
    .split(/(:[A-Za-z_][A-Za-z0-9_]*)/)
    .filter((part) => part !== '')
    .map((part) => {
      const values = part.startsWith(':') ? template.parameters[part.slice(1)]?.values : undefined
      return values === undefined || values.length === 0 ? part : values.map(encodeURIComponent)
    })
}

function missingValues(name: string): Failure {
  return new Failure(
    'HR_PARAMETER',
    `\`:${name}\` needs values. One repeated value mostly measures a cache.`,
    { actions: [{ id: 'enter-values', title: 'Enter Values', argument: name }] },
  )
}

/** Numbers evenly in 0..1 from a 32-bit seed. Tommy Ettinger's Mulberry32, public domain. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
