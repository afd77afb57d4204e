import { Node } from 'ts-morph'
import type { RequestPart, RouteDefinition } from '../framework.ts'
import type { RouteReader } from '../reading/route-reader.ts'
import type { Bindings, Value } from '../reading/values.ts'

/** Validators that take a target and a schema. */
const validator =
  /^"(?:@hono\/(?:zod|valibot|typebox|arktype|standard|effect|typia)-validator|@hono\/standard-validator|hono-openapi(?:\/[\w-]+)?)"\.\w*[vV]alidator$/
const targets: Readonly<Record<string, RequestPart>> = {
  query: 'query',
  param: 'parameters',
  json: 'body',
  form: 'body',
  header: 'headers',
}

/** What the validators among a route's handlers check, or null: `zValidator('json', schema)`. */
export function validatorSchemas(
  handlers: readonly Node[],
  bindings: Bindings,
  { values, paths }: RouteReader,
): RouteDefinition['schemas'] | null {
  const schemas: Partial<Record<RequestPart, Node>> = {}
  for (const handler of handlers) {
    const given = values.follow({ node: handler, bindings })
    for (const call of [given, ...values.results(given).map((result) => values.follow(result))]) {
      if (!Node.isCallExpression(call.node)) continue
      if (!validator.test(values.resolver.origin(call.node.getExpression()) ?? '')) continue
      const [target, schema] = call.node.getArguments()
      const part = target && targets[paths.known({ node: target, bindings: call.bindings }) ?? '']
      if (part && schema) schemas[part] = values.follow({ node: schema, bindings: call.bindings }).node
    }
  }
  return Object.keys(schemas).length > 0 ? schemas : null
}

/** What `createRoute` was told about a route, or null where that isn't known. */
export function describedRoute(
  description: Value,
  reader: RouteReader,
): {
  readonly method: string
  readonly path: string
  readonly schemas: RouteDefinition['schemas'] | null
} | null {
  const { values, paths } = reader
  const { node, bindings } = values.follow(description)
  const [options] = Node.isCallExpression(node) ? node.getArguments() : []
  const [made] = values.results({ node, bindings })
  if (made) return describedRoute(made, reader)
  if (!options) return null
  const given = { node: options, bindings }
  const method = values.member(given, 'method')
  const path = values.member(given, 'path')
  if (!method || !path) return null
  const checked = values.member(given, 'request')
  return {
    method: paths.read(method),
    path: paths.read(path),
    schemas: checked ? partsOf(checked, values) : null,
  }
}

function partsOf(request: Value, values: RouteReader['values']): RouteDefinition['schemas'] | null {
  const body = values.member(request, 'body')
  const found = {
    query: values.member(request, 'query')?.node,
    parameters: values.member(request, 'params')?.node,
    headers: values.member(request, 'headers')?.node,
    body: body ? bodySchema(body, values) : undefined,
  }
  const schemas: Partial<Record<RequestPart, Node>> = {}
  for (const part of ['query', 'parameters', 'headers', 'body'] as const) {
    const schema = found[part]
    if (schema) schemas[part] = schema
  }
  return Object.keys(schemas).length > 0 ? schemas : null
}

/** The schema in `{ content: { 'application/json': { schema } } }`, or given first to what makes that. */
function bodySchema(body: Value, values: RouteReader['values']): Node | undefined {
  const { node, bindings } = values.follow(body)
  if (Node.isCallExpression(node)) return node.getArguments()[0]
  const content = values.member({ node, bindings }, 'content')
  const kinds = content && values.follow(content)
  const [kind] = Node.isObjectLiteralExpression(kinds?.node) ? kinds.node.getProperties() : []
  const value = Node.isPropertyAssignment(kind) ? kind.getInitializer() : undefined
  return value && kinds ? values.member({ node: value, bindings: kinds.bindings }, 'schema')?.node : undefined
}
