import { Node, type CallExpression, type Decorator, type ParameterDeclaration } from 'ts-morph'
import { specifierOf } from '../../declarations.ts'
import { isClass, symbolOf } from '../../functions.ts'
import { registrationsOf } from '../../injection.ts'
import type { Resolver } from '../../resolver.ts'
import type { RequestInput, RequestPart } from '../framework.ts'
import { nestDecorator } from './paths.ts'

const parts = new Map<string, RequestPart>([
  ['Query', 'query'],
  ['Body', 'body'],
  ['Param', 'parameters'],
  ['Headers', 'headers'],
])
const requestProperties = new Map<string, RequestPart>([
  ['query', 'query'],
  ['body', 'body'],
  ['params', 'parameters'],
  ['headers', 'headers'],
])

/** What a parameter of a handler, a name taken out of it, or a property of it, reads of the request. */
export function nestInput(node: Node, resolver: Resolver): RequestInput | null {
  if (Node.isParameterDeclaration(node)) return parameterInput(node, resolver)
  if (Node.isBindingElement(node)) {
    const owner = node.getParent().getParent()
    const name = (node.getPropertyNameNode() ?? node.getNameNode()).getText()
    const whole = Node.isParameterDeclaration(owner) ? parameterInput(owner, resolver) : null
    return whole?.name === null ? { ...whole, name } : null
  }
  if (Node.isIdentifier(node)) {
    const [declaration] = symbolOf(node)?.getDeclarations() ?? []
    return Node.isParameterDeclaration(declaration) || Node.isBindingElement(declaration)
      ? nestInput(declaration, resolver)
      : null
  }
  if (!Node.isPropertyAccessExpression(node)) return null
  const receiver = node.getExpression()
  const whole = nestInput(receiver, resolver)
  if (whole) return whole.name === null ? { ...whole, name: node.getName() } : null
  const part = requestProperties.get(node.getName())
  return part && isRequest(receiver, resolver) ? { part, name: null, schema: null } : null
}

/** The decorator of a parameter that says which part of the request it is, with that part. */
export function partOf(
  parameter: ParameterDeclaration,
  resolver: Resolver,
): { readonly part: RequestPart; readonly decorator: CallExpression } | null {
  for (const [name, part] of parts) {
    const decorator = nestDecorator(parameter.getDecorators(), name, resolver)
    if (decorator) return { part, decorator }
  }
  return null
}

function parameterInput(parameter: ParameterDeclaration, resolver: Resolver): RequestInput | null {
  const found = partOf(parameter, resolver)
  if (!found) return null
  const [name] = found.decorator.getArguments()
  const text = name ? resolver.definition(name) : undefined
  return {
    part: found.part,
    name: Node.isStringLiteral(text) ? text.getLiteralValue() : null,
    schema: schemaOf(parameter, resolver),
    ...(name && isPresent(parameter, found.decorator, resolver) && { present: true }),
  }
}

const strictPipes = /^(?:new )?"@nestjs\/common"\.(?:DefaultValue|ParseInt|ParseFloat)Pipe$/

/** Whether a value that is left out gets a default, or is refused: `@Query('limit', ParseIntPipe) limit`. */
function isPresent(parameter: ParameterDeclaration, decorator: CallExpression, resolver: Resolver): boolean {
  if (parameter.hasInitializer()) return true
  return decorator
    .getArguments()
    .slice(1)
    .some((pipe) => strictPipes.test(resolver.origin(pipe) ?? '') && !/\boptional\s*:/.test(pipe.getText()))
}

function isRequest(node: Node, resolver: Resolver): boolean {
  const parameter = resolver.definition(node)
  if (!Node.isParameterDeclaration(parameter)) return false
  return ['Req', 'Request'].some((name) => nestDecorator(parameter.getDecorators(), name, resolver) !== null)
}

/** What a parameter's value is checked against before the handler runs: its class where a pipe validates, or a pipe's schema. */
export function schemaOf(parameter: ParameterDeclaration, resolver: Resolver): Node | null {
  const pipes = pipesOf(parameter, resolver)
  for (const pipe of pipes) {
    const schema = Node.isNewExpression(pipe) ? pipe.getArguments()[0] : undefined
    const node = schema && resolver.definition(schema)
    if (node && !Node.isObjectLiteralExpression(node) && !Node.isLiteralExpression(node)) return node
  }
  const type = parameter.getTypeNode()
  const dto = Node.isTypeReference(type) ? resolver.definition(type.getTypeName()) : undefined
  if (!isClass(dto)) return null
  const base = dto.getExtends()?.getExpression()
  if (Node.isCallExpression(base) && resolver.origin(base.getExpression()) === '"nestjs-zod".createZodDto')
    return base.getArguments()[0] ?? null
  return pipes.some((pipe) => validates(pipe, resolver)) ? dto : null
}

/** The pipes that run for every request. */
function globalPipes(resolver: Resolver): Node[] {
  const { program } = resolver
  const used = program.applicationCallsNamed('useGlobalPipes').flatMap((call) => call.getArguments())
  const provided = registrationsOf('"@nestjs/core".APP_PIPE', program, resolver)
  return [...used, ...provided]
}

function pipesOf(parameter: ParameterDeclaration, resolver: Resolver): Node[] {
  const method = parameter.getParent()
  const owner = method.getParent()
  const local = [
    ...(Node.isMethodDeclaration(method) ? usedPipes(method.getDecorators(), resolver) : []),
    ...(isClass(owner) ? usedPipes(owner.getDecorators(), resolver) : []),
  ]
  const own = partOf(parameter, resolver)?.decorator.getArguments() ?? []
  return [...own, ...local, ...globalPipes(resolver)]
    .map((pipe) => resolver.definition(pipe))
    .filter((pipe) => Node.isNewExpression(pipe) || isClass(pipe) || Node.isImportSpecifier(pipe))
}

function usedPipes(decorators: readonly Decorator[], resolver: Resolver): Node[] {
  return nestDecorator(decorators, 'UsePipes', resolver)?.getArguments() ?? []
}

/** Whether a pipe checks classes: Nest's, one that extends it, or one of this project that calls class-validator. */
function validates(pipe: Node, resolver: Resolver): boolean {
  if ((resolver.origin(withoutArguments(pipe)) ?? '').endsWith('"@nestjs/common".ValidationPipe')) return true
  const owner = resolver.definition(withoutArguments(pipe))
  if (!isClass(owner)) return false
  return owner
    .getSourceFile()
    .getImportDeclarations()
    .some((declaration) => specifierOf(declaration) === 'class-validator')
}

function withoutArguments(pipe: Node): Node {
  return Node.isNewExpression(pipe) ? pipe.getExpression() : pipe
}

/** The class or schema that each part of a handler's request is checked against as a whole. */
export function schemasOf(
  parameters: readonly ParameterDeclaration[],
  resolver: Resolver,
): Partial<Record<RequestPart, Node>> {
  const schemas: Partial<Record<RequestPart, Node>> = {}
  for (const parameter of parameters) {
    const input = parameterInput(parameter, resolver)
    if (input?.name === null && input.schema) schemas[input.part] ??= input.schema
  }
  return schemas
}

/** Whether `@Query() query` lets a handler read any query parameter: its type names no properties. */
export function isOpenType(parameter: ParameterDeclaration): boolean {
  const type = parameter.getTypeNode()?.getText() ?? 'any'
  return type === 'any' || /^(?:Record<string,|\{ ?\[)/.test(type)
}
