import assert from 'node:assert/strict'
import { Node } from 'ts-morph'
import { CallGraph } from '../../src/analysis/typescript/call-graph.ts'
import type { Framework } from '../../src/analysis/typescript/frameworks/framework.ts'
import { findRoutes } from '../../src/analysis/typescript/frameworks/reading/found-routes.ts'
import { isClass } from '../../src/analysis/typescript/functions.ts'
import { Program } from '../../src/analysis/typescript/program.ts'
import { Resolver } from '../../src/analysis/typescript/resolver.ts'
import { routeKey } from '../../src/model/route.ts'

type Files = Readonly<Record<string, string>>

function programOf(files: Files): { program: Program; resolver: Resolver } {
  const program = new Program()
  program.update(new Map(Object.entries(files)))
  return { program, resolver: new Resolver(program) }
}

/** The routes a framework's adapter finds, as `METHOD /path`. */
export function routesOf(framework: Framework, files: Files): string[] {
  const { program, resolver } = programOf(files)
  return framework.routes(program, resolver).map(routeKey)
}

/** The tables of the queries that each route reaches, as `METHOD /path: table`. */
export function queriesOf(framework: Framework, files: Files): string[] {
  const { program, resolver } = programOf(files)
  const graph = new CallGraph(resolver)
  return framework
    .routes(program, resolver)
    .flatMap((route) =>
      route.functions
        .flatMap((fn) => graph.traces(fn))
        .map(({ query }) => `${routeKey(route)}: ${query.table ?? '?'}`),
    )
}

/** What the arguments of all calls of `read(…)` take from the request, as `text: part.name schema`. */
export function inputsOf(framework: Framework, files: Files): string[] {
  const { program, resolver } = programOf(files)
  findRoutes([framework], resolver, (_, error) => assert.fail(String(error)))
  return program.callsNamed('read').flatMap((call) =>
    call.getArguments().map((argument) => {
      const input = framework.requestInput(argument, resolver)
      if (!input) return `${argument.getText()}: none`
      const name = input.name === null ? '' : `.${input.name}`
      return `${argument.getText()}: ${input.part}${name}${input.schema ? ` ${nameOf(input.schema)}` : ''}`
    }),
  )
}

function nameOf(schema: Node): string {
  if (isClass(schema)) return schema.getName() ?? 'class'
  return Node.isCallExpression(schema) ? schema.getExpression().getText() : schema.getText()
}
