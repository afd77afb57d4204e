import type { Node } from 'ts-morph'
import type { Resolver } from '../../resolver.ts'
import {
  entityIn,
  receiverIn,
  type Entity,
  type Library,
  type Receiver,
} from '../reading/repository-receivers.ts'

/** The packages that MikroORM's names come from. */
export const mikroPackages = /^@mikro-orm\/[\w-]+(?:\/[\w-]+)?$/

/** How MikroORM's repositories and entity managers come about. */
const library: Library = {
  packages: mikroPackages,
  handle:
    /^(?:(?:new |<)"@mikro-orm\/[\w-]+"\.(?:\w*EntityManager|MikroORM)>?|"@mikro-orm\/[\w-]+"\.(?:MikroORM\.init(?:Sync)?|RequestContext\.(?:getEntityManager|currentRequestContext))\(\))(?:\.em|\.(?:fork|getEntityManager|getContext|persist|remove|clear)\(\)|\.transactional\(@0\))*$/,
  repository: /^(?:new |<)"@mikro-orm\/[\w-]+"\.\w*EntityRepository>?$/,
  repositoryClass: /^"@mikro-orm\/[\w-]+"\.\w*EntityRepository$/,
  activeRecord: null,
  giving: new Set(['getRepository']),
  givingFunction: /^(?!)/,
  injecting: /^@mikro-orm\/nestjs$/,
  schemaClass: /^"@mikro-orm\/[\w-]+"\.EntitySchema$/,
  isTransactional: (_node, origin) => origin.includes('.transactional(@0)'),
}

/** Reads what MikroORM's methods are called on; null for anything else. */
export function mikroReceiverOf(expression: Node, resolver: Resolver): Receiver | null {
  return receiverIn(library, expression, resolver)
}

/** The entity that an argument names. */
export function mikroEntityOf(node: Node | undefined, resolver: Resolver): Entity | null {
  return entityIn(library, node, resolver)
}
