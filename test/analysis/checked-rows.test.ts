import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { foundLines } from './found-lines.ts'

const entities = `import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'

@Entity()
export class Token {
  @PrimaryGeneratedColumn() id: number
  @Column() value: string
  @Column() used: string
  @Column() userId: number
}
`

function found(t: TestContext, rule: string, body: string): string[] {
  return foundLines(t, rule, {
    'token.entity.ts': entities,
    'token.controller.ts': `import { Body, Controller, Post } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import { Like, Repository } from 'typeorm'
import { Token } from './token.entity'

@Controller('tokens')
export class TokenController {
  constructor(@InjectRepository(Token) private readonly tokens: Repository<Token>) {}

  @Post()
  async renew(@Body('value') value: string, @Body('userId') userId: number) {
${body}
  }
}
`,
  })
}

test('a row that was read is written back: no second one comes of it', (t) => {
  const body = `    const used = await this.tokens.findOne({ where: { used: value } })
    if (used) throw new Error('used')
    const token = await this.tokens.findOne({ where: { value } })
    token.used = value
    await this.tokens.save(token)`
  assert.deepEqual(found(t, 'check-then-act', body), [])
})

test('a new row that a query before looked for may come twice', (t) => {
  const body = `    const used = await this.tokens.findOne({ where: { value } })
    if (used) throw new Error('used')
    const token = this.tokens.create({ value })
    await this.tokens.save(token)`
  assert.deepEqual(found(t, 'check-then-act', body), ['await this.tokens.save(token)'])
})

test('looking for a pattern is no check of a key', (t) => {
  const body = `    const used = await this.tokens.findOne({ where: { used: Like(\`%\${value}%\`) } })
    if (used) throw new Error('used')
    await this.tokens.save(this.tokens.create({ value }))`
  assert.deepEqual(found(t, 'check-then-act', body), [])
})

const search = (owner: string): string =>
  `    return this.tokens.find({ where: { ${owner}value: Like(\`%\${value}%\`) }, take: 20 })`

test('a text is searched among few rows where an owner is given', (t) => {
  assert.equal(found(t, 'unindexable-search', search('')).length, 1)
  assert.equal(found(t, 'unindexable-search', search('userId, ')).length, 0)
})
