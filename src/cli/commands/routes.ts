import { resolve } from 'node:path'
import { Command } from 'commander'
import type { RoutesReport } from '../../model/finding.ts'
import { inspect } from '../../workflows/inspect.ts'
import { log } from '../terminal.ts'
import { problemText } from './check.ts'

/** `headroom routes`: the endpoints of a project. */
export function routesCommand(): Command {
  return new Command('routes')
    .description('List the HTTP routes of a project')
    .argument('[dir]', 'the project', '.')
    .option('--json', 'print one JSON document')
    .action(async (dir: string, options: { json?: true }) => {
      const { routes, problems } = await inspect(resolve(dir))
      for (const problem of problems) log(problemText(problem))
      if (options.json) {
        console.log(JSON.stringify({ schema: 'headroom.routes/1', routes } satisfies RoutesReport))
        return
      }
      const width = Math.max(0, ...routes.map((route) => route.path.length))
      for (const { method, path, file, line, framework, provenance } of routes) {
        const label = provenance === undefined ? '' : `  ${provenance}`
        console.log(`${method.padEnd(7)} ${path.padEnd(width)}  ${file}:${line}  ${framework}${label}`)
      }
      if (routes.length === 0)
        log('No routes found. Headroom knows Express, Fastify, Koa, Hono, NestJS, Next.js and tRPC.')
    })
}
