import { Node } from 'ts-morph'
import { fileOf } from '../program.ts'
import { importsAny } from './packages.ts'
import type { Observation, Observer } from './observer.ts'

const limiters =
  /^(?:express-rate-limit|express-slow-down|express-brute|rate-limiter-flexible|@upstash\/ratelimit|bottleneck)$/

/** Registrations of routes in Express, each at the function that handles the route: `app.get`. */
export const registrations: Observer = {
  id: 'registrations',
  observe({ fn, framework, registration, program, resolver }): Observation[] {
    if (framework.id !== 'express' || !registration || !Node.isCallExpression(registration)) return []
    const before = registration.getArguments().slice(0, -1)
    const handler = registration.getArguments().at(-1)
    const isHandler = handler === fn || (handler !== undefined && resolver.functions(handler).includes(fn))
    if (!isHandler) return []
    const isNamed = (words: RegExp): boolean => before.some((argument) => words.test(argument.getText()))
    const limited = isNamed(/limit|throttl/i) || importsAny(limiters, fileOf(registration), program)
    const repeatable = isNamed(/idempot|answerOnce/i) || /idempotency-?key/i.test(fn.getText())
    const detail = { kind: 'route-registration' as const, framework: framework.id, limited, repeatable }
    return [{ node: registration.getExpression(), detail }]
  },
}
