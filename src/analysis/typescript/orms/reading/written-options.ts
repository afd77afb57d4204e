import { Node, type CallExpression, type ObjectLiteralExpression } from 'ts-morph'
import { bare } from '../../functions.ts'
import { spreadable } from './option-edits.ts'

/** The object that a query is given; undefined for none, null for what isn't written in place. */
export function argumentOf(call: CallExpression): ObjectLiteralExpression | undefined | null {
  const [argument, ...others] = call.getArguments()
  if (!argument) return undefined
  const value = bare(argument)
  return Node.isObjectLiteralExpression(value) && others.length === 0 ? value : null
}

/** Source text of what a method is called on, or null where another method is called. */
export function receiverOf(call: CallExpression, method: string): string | null {
  const callee = call.getExpression()
  if (!Node.isPropertyAccessExpression(callee) || callee.getName() !== method) return null
  return spreadable(callee.getExpression())
}

/** Whether an object has one of these properties. */
export function has(object: ObjectLiteralExpression | undefined, names: readonly string[]): boolean {
  return names.some((name) => object?.getProperty(name) !== undefined)
}
