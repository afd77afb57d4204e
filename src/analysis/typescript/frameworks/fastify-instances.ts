import { Node } from 'ts-morph'
import type { Resolver } from '../resolver.ts'

/** Origins of Fastify instances: made, declared as one, given to a plugin by its type or by what it is given to. */
export const instance =
  /^(?:"fastify"(?:\.(?:default|fastify))?\(\)|<"fastify"\.FastifyInstance>|<"(?:fastify|@fastify\/[\w-]+|fastify-[\w-]+)"\.Fastify\w*Plugin\w*>\(@0\)|"fastify-plugin"(?:\.default)?\(@0\))(?:\.withTypeProvider\(\))?(?:\.register\(@0\)(?:\.withTypeProvider\(\))?)*$/

const instances = new WeakMap<Resolver, ReadonlySet<Node>>()

/** Takes note of the parameters of a program's plugins. */
export function rememberInstances(resolver: Resolver, parameters: ReadonlySet<Node>): void {
  instances.set(resolver, parameters)
}

/** Whether an expression is a Fastify instance. */
export function isInstance(expression: Node, resolver: Resolver): boolean {
  const node = resolver.definition(expression)
  return instances.get(resolver)?.has(node) === true || instance.test(resolver.origin(node) ?? '')
}
