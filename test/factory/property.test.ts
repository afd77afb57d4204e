import assert from 'node:assert/strict'
import { test } from 'node:test'

import { hash32, hashKey } from '../../src/factory/hash.ts'
import { contentHash, createDatabase, query, seed, undo, violations } from './temporary-database.ts'

/** Numbers that look random and are the same in every run. */
class Dice {
  private readonly key
  private rolls = 0

  constructor(number: number) {
    this.key = hashKey(number, 'dice')
  }

  below(limit: number): number {
    return hash32(this.key, this.rolls++) % limit
  }

  chance(percent: number): boolean {
    return this.below(100) < percent
  }

  pick(values: readonly string[]): string {
    return values[this.below(values.length)] ?? ''
  }
}

const columns = [
  'name VARCHAR(40) NOT NULL', 'email TEXT UNIQUE', 'status TEXT NOT NULL CHECK (status IN (\'a\', \'b\', \'c\'))',
  'amount REAL', 'quantity INTEGER NOT NULL DEFAULT 0', 'created_at DATETIME NOT NULL', 'done BOOLEAN', 'code CHAR(12) UNIQUE',
  'body TEXT', 'payload BLOB', 'rank INTEGER UNIQUE', 'stars INTEGER CHECK (stars >= 1 AND stars <= 5)',
  'doubled INTEGER GENERATED ALWAYS AS (rowid_copy * 2) STORED', 'rowid_copy INTEGER', 'birthday DATE UNIQUE',
] as const // prettier-ignore

/** Tables that refer to earlier tables, and sometimes to themselves or to a later one. */
function randomSchema(dice: Dice): string {
  const count = 2 + dice.below(5)
  const keys: string[] = []
  const statements: string[] = []
  for (let t = 0; t < count; t++) {
    const parts: string[] = []
    const isJoin = t >= 2 && dice.chance(30)
    const kind = dice.pick(['INTEGER', 'INTEGER', 'AUTO', 'TEXT', 'INT'])
    if (!isJoin)
      parts.push(kind === 'AUTO' ? 'id INTEGER PRIMARY KEY AUTOINCREMENT' : `id ${kind} PRIMARY KEY NOT NULL`)
    const chosen = columns.filter((column) => dice.chance(35) && !column.includes('rowid_copy'))
    if (dice.chance(20)) chosen.push(columns[12], columns[13])
    parts.push(...chosen)
    const parents = isJoin
      ? [dice.below(t), dice.below(t)]
      : Array.from({ length: t > 0 ? dice.below(3) : 0 }, () => dice.below(t))
    const references: string[] = []
    parents.forEach((parent, i) => {
      const type = keys[parent]
      if (type === undefined || type === 'none') return
      const unique = !isJoin && dice.chance(15) ? ' UNIQUE' : ''
      parts.push(`p${i}_id ${type}${isJoin || dice.chance(60) ? ' NOT NULL' : ''}${unique}`)
      references.push(
        `FOREIGN KEY (p${i}_id) REFERENCES t${parent} (id)${dice.chance(40) ? ' ON DELETE CASCADE' : ''}`,
      )
    })
    if (!isJoin && dice.chance(25)) {
      parts.push(`self_id ${kind === 'AUTO' ? 'INTEGER' : kind}${dice.chance(30) ? ' NOT NULL' : ''}`)
      references.push(`FOREIGN KEY (self_id) REFERENCES t${t} (id)`)
    }
    if (isJoin && references.length === 2) references.push('PRIMARY KEY (p0_id, p1_id)')
    if (isJoin && references.length < 2) parts.push('id INTEGER PRIMARY KEY')
    keys.push(isJoin ? 'none' : kind === 'AUTO' ? 'INTEGER' : kind)
    statements.push(`CREATE TABLE t${t} (${[...parts, ...references].join(', ')})`)
    if (dice.chance(50) && chosen.length > 0)
      statements.push(`CREATE INDEX i${t} ON t${t} (${chosen[0]?.split(' ')[0]})`)
  }
  return `${statements.join(';\n')};`
}

for (let number = 1; number <= 25; number++) {
  test(`random schema ${number}: sound, the same on a second database, and undone exactly`, async (context) => {
    const dice = new Dice(number)
    const sql = `${dice.chance(50) ? 'PRAGMA journal_mode = WAL;' : ''}${randomSchema(dice)}`
    const first = createDatabase(context, sql)
    const second = createDatabase(context, sql)
    const before = contentHash(first.path)
    const options = { rows: { t0: 50 + dice.below(400) }, seed: number }
    const result = await seed(first, options)
    assert.deepEqual(violations(first.path), [], sql)
    assert.ok(result.rows >= 50)
    await seed(second, options)
    assert.equal(contentHash(second.path), contentHash(first.path), sql)
    await seed(first, options)
    assert.deepEqual(violations(first.path), [], sql)
    await undo(first)
    assert.equal(contentHash(first.path), before, sql)
    assert.deepEqual(query(first.path, "SELECT name FROM sqlite_schema WHERE name LIKE 'headroom%'"), [])
  })
}
