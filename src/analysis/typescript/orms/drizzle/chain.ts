import { Node, type CallExpression } from 'ts-morph'
import { calleeName } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { chainFrom, type Chain, type Link } from '../reading/builder-chain.ts'
import { isDatabase } from './client.ts'

/** The chain on a database that a call is the end of, or null. */
export function databaseChain(call: CallExpression, resolver: Resolver): Chain | null {
  const chain = chainFrom(call, (node) => !isChainLink(node) && isDatabase(node, resolver))
  return chain && chain.links.length > 0 ? chain : null
}

/** Whether a node can only be a link of a chain, so that nothing needs to be resolved. */
function isChainLink(node: Node): boolean {
  return (
    Node.isCallExpression(node) &&
    ['from', 'where', 'limit', 'select', 'values', 'set'].includes(calleeName(node) ?? '')
  )
}

/** The last link with a name. */
export function linkNamed(links: readonly Link[], name: string): Link | undefined {
  return links.findLast((link) => link.name === name)
}
