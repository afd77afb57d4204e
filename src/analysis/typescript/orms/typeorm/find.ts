import { Node, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../../model/source.ts'
import { calleeName } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { insertion, replacement } from '../../rewrite/placement.ts'
import { separatorBefore } from '../reading/builder-chain.ts'
import { objectText, withEntries, type NewEntry } from '../reading/option-edits.ts'
import { readOptions } from '../reading/option-object.ts'
import { isTerminal } from './builder.ts'
import { isConditions } from './options.ts'
import { receiverOf } from './receivers.ts'

/** Where a find holds its options or conditions. */
export interface Find {
  /** What the method is called on, as written. */
  readonly target: string
  readonly method: string
  /** The entity that a manager is told, as written, with a comma behind it; empty for repositories. */
  readonly told: string
  /** The index of the argument that holds options or conditions. */
  readonly index: number
  readonly argument: Node | undefined
  /** Whether that argument is the conditions themselves. */
  readonly isWhere: boolean
}

/** Takes a find apart; null for query builders and plain SQL. */
export function findOf(call: CallExpression, resolver: Resolver): Find | null {
  const callee = call.getExpression()
  const method = calleeName(call)
  if (!Node.isPropertyAccessExpression(callee) || method === null || isTerminal(method)) return null
  const receiver = receiverOf(callee.getExpression(), resolver)
  if (!receiver) return null
  const args = call.getArguments()
  const index = receiver.kind === 'manager' ? 1 : 0
  const argument = args[index]
  const options = readOptions(argument, { resolver, callers: [] })
  return {
    target: callee.getExpression().getText(),
    method,
    told: index === 1 ? `${args[0]?.getText() ?? ''}, ` : '',
    index,
    argument,
    isWhere: /By(?:OrFail)?$/.test(method) || (argument !== undefined && isConditions(options)),
  }
}

/** Adds options to a find, whatever shape it has. */
export function optionsEdits(
  call: CallExpression,
  find: Find,
  entries: readonly NewEntry[],
): FileEdit[] | null {
  if (!find.isWhere || !find.argument) {
    const renamed = find.isWhere ? renameTo(call, find.method.replace(/By$/, '')) : []
    const edits = withEntries(call, find.index, entries)
    return edits && [...renamed, ...edits]
  }
  const where = find.argument.getText()
  return [
    ...renameTo(call, find.method.replace(/By$/, '')),
    replacement(find.argument, objectText([{ name: 'where', text: where }, ...entries])),
  ]
}

/** The edit that calls another method of the same receiver. */
export function renameTo(call: CallExpression, method: string): FileEdit[] {
  const callee = call.getExpression()
  if (!Node.isPropertyAccessExpression(callee) || callee.getName() === method) return []
  return [replacement(callee.getNameNode(), method)]
}

/** Puts steps before the last call of a builder's chain. */
export function beforeLast(call: CallExpression, steps: readonly string[]): FileEdit {
  const callee = call.getExpression()
  const at = Node.isPropertyAccessExpression(callee) ? callee.getExpression().getEnd() : call.getStart()
  const separator = separatorBefore({ name: '', args: [], call })
  return insertion(call, at, steps.map((step) => separator + step).join(''))
}
