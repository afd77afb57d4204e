import { toJsonSchema, type JsonSchema } from '@valibot/to-json-schema'
import { tools } from './tools/index.ts'
import type { AgentTool } from './tool.ts'

/** A tool as manifests and servers announce it. */
export interface ToolDefinition extends Pick<
  AgentTool,
  'name' | 'title' | 'description' | 'readOnly' | 'destructive'
> {
  /** A JSON Schema of draft 7 for an object; strict. */
  readonly inputSchema: JsonSchema & { readonly type: 'object' }
}

/** All tools, in the order in which an agent needs them, as plain data. */
export function toolDefinitions(): ToolDefinition[] {
  return tools.map(({ name, title, description, readOnly, destructive, input }) => {
    const { $schema: _, ...schema } = toJsonSchema(input, { typeMode: 'input' })
    return { name, title, description, readOnly, destructive, inputSchema: { ...schema, type: 'object' } }
  })
}
