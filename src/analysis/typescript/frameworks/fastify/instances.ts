import { Node } from 'ts-morph'
import { httpMethods } from '../../../../model/route.ts'
import { Topic } from '../../memo.ts'
import type { Resolver } from '../../resolver.ts'
import { pluginsOf } from './plugins.ts'
import { RouteReader } from '../reading/route-reader.ts'

/** Origins of Fastify instances: made, declared as one, given to a plugin by its type or by what it is given to. */
export const instance =
  /^(?:"fastify"(?:\.(?:default|fastify))?\(\)|<"fastify"\.FastifyInstance>|<"(?:fastify|@fastify\/[\w-]+|fastify-[\w-]+)"\.Fastify\w*Plugin\w*>\(@0\)|"fastify-plugin"(?:\.default)?\(@0\))(?:\.withTypeProvider\(\))?(?:\.register\(@0\)(?:\.withTypeProvider\(\))?)*$/

const fluent = new Set([
  ...httpMethods.map((method) => method.toLowerCase()),
  'route',
  'register',
  'after',
  'decorate',
  'addHook',
  'addSchema',
  'withTypeProvider',
  'setErrorHandler',
  'setValidatorCompiler',
  'setSerializerCompiler',
])

const pluginParameters = new Topic<ReadonlySet<Node>>(new Set())

/** A reader of the registrations of routes and plugins, that knows the parameters of plugins to be instances. */
export function instanceReader(resolver: Resolver): RouteReader {
  return readerThatKnows(instancesIn(resolver), resolver)
}

function readerThatKnows(known: ReadonlySet<Node>, resolver: Resolver): RouteReader {
  return new RouteReader(resolver.program, resolver, { origins: instance, fluent, known })
}

function instancesIn(resolver: Resolver): ReadonlySet<Node> {
  return resolver.remember(pluginParameters, 'all', () => readInstances(resolver))
}

/**
 * The parameters of a program's plugins; a plugin may register others. What registers one of Fastify's own packages is
 * an instance, also in an application that a command line tool starts.
 */
function readInstances(resolver: Resolver): ReadonlySet<Node> {
  const { program } = resolver
  const known = new Set<Node>()
  for (const call of program.applicationCallsNamed('register')) {
    const callee = call.getExpression()
    const [plugin] = call.getArguments()
    if (!plugin || !Node.isPropertyAccessExpression(callee)) continue
    const receiver = resolver.definition(callee.getExpression())
    const isPlugin = /^"(?:@fastify\/|fastify-)/.test(resolver.origin(plugin) ?? '')
    if (isPlugin && Node.isParameterDeclaration(receiver)) known.add(receiver)
  }
  const reader = readerThatKnows(known, resolver)
  const { values, paths } = reader
  for (let size = -1; size < known.size;) {
    size = known.size
    for (const at of reader.callsOf('register'))
      for (const { fn } of pluginsOf(at, { program, values, paths })) {
        const [parameter] = fn.getParameters()
        if (parameter) known.add(parameter)
      }
  }
  return known
}

/** Whether an expression is a Fastify instance. */
export function isInstance(expression: Node, resolver: Resolver): boolean {
  const node = resolver.definition(expression)
  return instancesIn(resolver).has(node) || instance.test(resolver.origin(node) ?? '')
}
