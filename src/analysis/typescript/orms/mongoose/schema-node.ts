import { Node } from 'ts-morph'
import type { Resolver } from '../../resolver.ts'

const schemaOrigin = /^(?:new )?"mongoose"(?:\.default)?\.Schema(?:\(\))?$/

/** The `new Schema({…})` or `SchemaFactory.createForClass(…)` that an expression stands for. */
export function schemaNode(expression: Node, resolver: Resolver) {
  const made = resolver.instance(expression)
  const origin = resolver.origin(made) ?? ''
  const isSchema =
    schemaOrigin.test(origin) ||
    /^"@nestjs\/mongoose"\.SchemaFactory\.createForClass\(\)$|^"@typegoose\/typegoose"\.buildSchema\(\)$/.test(
      origin,
    )
  return isSchema && (Node.isCallExpression(made) || Node.isNewExpression(made)) ? made : null
}

/** Whether a schema comes from a class: `SchemaFactory.createForClass(…)`. */
export function isMadeByClass(made: Node, resolver: Resolver): boolean {
  return Node.isCallExpression(made) && !schemaOrigin.test(resolver.origin(made) ?? '')
}
