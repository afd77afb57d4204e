import { Node, type CallExpression } from 'ts-morph'
import { isSupportFile } from '../../../source-tree.ts'
import { fileOf, type Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import { valueIn } from '../nest/paths.ts'
import { PathText } from '../reading/path-text.ts'
import { joinPath } from '../reading/paths.ts'
import { noBindings, Values } from '../reading/values.ts'

/** Functions of tRPC's adapters that serve a router. */
const adapters = [
  'fetchRequestHandler',
  'createNextApiHandler',
  'createExpressMiddleware',
  'createHTTPServer',
  'createHTTPHandler',
]

interface Endpoint {
  readonly router: Node | null
  readonly path: string
}

/** Where an application serves its tRPC routers. */
export class TrpcEndpoints {
  readonly #endpoints: readonly Endpoint[]

  constructor(program: Program, resolver: Resolver) {
    const text = new PathText(new Values(resolver))
    const read = (node: Node): string => text.read({ node, bindings: noBindings })
    const served = adapters.flatMap((name) =>
      program.applicationCallsNamed(name).filter((call) => isAdapter(call, resolver)),
    )
    const plugins = program.applicationCallsNamed('register').filter((call) => {
      const [plugin] = call.getArguments()
      return plugin && (resolver.origin(plugin) ?? '').startsWith('"@trpc/server/adapters/fastify"')
    })
    this.#endpoints = [
      ...served.map((call) => ({
        router: routerIn(call.getArguments()[0], resolver),
        path: pathOf(call, read),
      })),
      ...plugins.map((call) => {
        const options = call.getArguments()[1]
        const prefix = valueIn(options, 'prefix')
        return {
          router: routerIn(valueIn(options, 'trpcOptions'), resolver),
          path: prefix ? joinPath('', read(prefix)) : '',
        }
      }),
    ]
  }

  /** The path of a router: where it is served, else where any is, else tRPC's own default. */
  of(router: Node): string {
    const own = this.#endpoints.find((endpoint) => endpoint.router === router)
    return (own ?? this.#endpoints[0])?.path ?? '/trpc'
  }
}

function isAdapter(call: CallExpression, resolver: Resolver): boolean {
  return (
    !isSupportFile(fileOf(call)) &&
    (resolver.origin(call.getExpression()) ?? '').startsWith('"@trpc/server/adapters/')
  )
}

function routerIn(options: Node | undefined, resolver: Resolver): Node | null {
  const router = valueIn(options, 'router')
  return router ? resolver.instance(router) : null
}

/** The `endpoint` option, the mount of an Express middleware, or the file of a Next.js handler. */
function pathOf(call: CallExpression, read: (node: Node) => string): string {
  const options = call.getArguments()[0]
  const endpoint = valueIn(options, 'endpoint') ?? valueIn(options, 'basePath')
  if (endpoint) return joinPath('', read(endpoint)).replace(/\/$/, '')
  const mount = call.getParent()
  const [first] = Node.isCallExpression(mount) ? mount.getArguments() : []
  if (first && first !== call) return joinPath('', read(first))
  return /(?:^|\/)pages(\/.+)\/\[[^/]+$/.exec(fileOf(call))?.[1] ?? ''
}
