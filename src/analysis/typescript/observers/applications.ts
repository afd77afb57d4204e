import { fileOf } from '../program.ts'
import { importsAny } from './packages.ts'
import type { Observation, Observer } from './observer.ts'

const loggers =
  /^(?:morgan|morgan-json|pino|pino-http|winston|express-winston|bunyan|express-bunyan-logger|log4js|tslog|consola|loglevel|@opentelemetry\/.*|(?:node:)?async_hooks)$/

/** Express applications, where they are made. */
export const applications: Observer = {
  id: 'applications',
  observeProgram: (program, resolver) =>
    program.applicationCallsNamed('express').flatMap((node): Observation[] => {
      if (resolver.origin(node.getExpression()) !== '"express"') return []
      const logs = importsAny(loggers, fileOf(node), program)
      return [{ node, detail: { kind: 'application', framework: 'express', logs } }]
    }),
}
