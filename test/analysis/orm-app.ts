import type { Facts, Table } from '../../src/analysis/facts.ts'
import { TypeScriptFrontEnd } from '../../src/analysis/typescript/front-end.ts'
import type { Intention } from '../../src/analysis/intentions.ts'

/** An Express application with one route, read. */
export interface ReadApp {
  readonly facts: Facts
  /** The text of a file after an intention was carried out, or null where that is refused. */
  readonly after: (intention: Intention, file?: string) => string | null
}

/** Reads an application whose only handler holds `code`, below `setup`, with other files beside it. */
export function readApp(setup: string, code: string, others: Readonly<Record<string, string>> = {}): ReadApp {
  const app = `import express from 'express'\n${setup}\nconst app = express()\napp.get('/', async (req, res) => {\n${code}\n})\n`
  const texts = new Map(Object.entries({ 'app.ts': app, ...others }))
  const frontEnd = new TypeScriptFrontEnd()
  const { facts } = frontEnd.read({ texts, problems: [] })
  return {
    facts,
    after(intention, file = 'app.ts') {
      const edits = frontEnd.carryOut(intention)
      if (!edits) return null
      return edits
        .filter((edit) => edit.file === file)
        .toSorted((a, b) => b.start - a.start)
        .reduce(
          (text, edit) => text.slice(0, edit.start) + edit.text + text.slice(edit.end),
          texts.get(file) ?? '',
        )
    },
  }
}

/** A table without the places where it is declared. */
export function withoutPlaces(table: Table | undefined): unknown {
  return (
    table && {
      name: table.name,
      columns: table.columns.map(({ name, foreignKey }) => (foreignKey ? `${name} *` : name)),
      primaryKey: table.primaryKey,
      unique: table.unique,
      indexes: table.indexes,
      relations: table.relations.map(
        ({ name, target, many, columns, eager }) =>
          `${name}: ${target}${many ? '[]' : ''}${columns.length > 0 ? ` by ${columns.join(', ')}` : ''}${eager ? ', eager' : ''}`,
      ),
      indexesForeignKeys: table.indexesForeignKeys,
    }
  )
}
