import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { toolDefinitions } from '../../src/agent/definitions.ts'

interface Field {
  readonly description?: string
}

describe('tool definitions', () => {
  for (const { name, title, description, inputSchema } of toolDefinitions()) {
    it(`${name} tells a model and a person what it does, and takes nothing it doesn't name`, () => {
      assert.match(name, /^headroom_[a-z_]+$/)
      assert.match(title, /^[A-Z]/)
      assert.ok(description.length > 100 && description.length < 600, String(description.length))
      assert.equal(inputSchema.type, 'object')
      assert.equal(inputSchema.additionalProperties, false)
      const fields = Object.entries((inputSchema.properties ?? {}) as Record<string, Field>)
      for (const [field, schema] of fields)
        assert.ok((schema.description ?? '').length > 20, `${name} ${field}`)
    })
  }

  it('are the table of docs/agents.md', async () => {
    const docs = await readFile(new URL('../../docs/agents.md', import.meta.url), 'utf8')
    const rows = [...docs.matchAll(/^\| `(headroom_\w+)`\s*\|\s*(.*?)\s*\|\s*(.*?)\s*\|$/gm)].map(
      ([, name, fields = '', asks]) => [
        name,
        [...fields.matchAll(/`(\w+\??)`/g)].map(([, field]) => field),
        asks !== 'no',
      ],
    )
    const own = toolDefinitions().map(({ name, inputSchema, readOnly }) => {
      const required = (inputSchema.required ?? []) as readonly string[]
      const fields = Object.keys(inputSchema.properties ?? {})
      return [name, fields.map((field) => (required.includes(field) ? field : `${field}?`)), !readOnly]
    })
    assert.deepEqual(rows, own)
  })
})
