import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { foundLines } from './found-lines.ts'

const entity = `import { Collection, Entity, ManyToMany, PrimaryKey, Property } from '@mikro-orm/core'

@Entity()
export class User {
  @PrimaryKey() id: number
  @Property() username: string
  @ManyToMany({ entity: () => User }) followers = new Collection<User>(this)
}
`

function found(t: TestContext, rule: string, answer: string): string[] {
  return foundLines(t, rule, {
    'user.entity.ts': entity,
    'user.controller.ts': `import { EntityManager } from '@mikro-orm/postgresql'
import { Controller, Get, Param } from '@nestjs/common'
import { User } from './user.entity'

@Controller('users')
export class UserController {
  constructor(private readonly em: EntityManager) {}

  @Get(':name')
  async one(@Param('name') username: string) {
    const user = await this.em.findOneOrFail(User, { username }, { populate: ['followers'] })
    return ${answer}
  }
}
`,
  })
}

test('a collection that is only asked whether it contains a row is loaded for that alone', (t) => {
  const answer = '{ following: user.followers.contains(this.em.getReference(User, 1)) }'
  const line = "const user = await this.em.findOneOrFail(User, { username }, { populate: ['followers'] })"
  assert.deepEqual(found(t, 'unbounded-result-set', answer), [])
  assert.deepEqual(found(t, 'overfetch', answer), [line])
})

test('a collection that is sent reaches the response', (t) => {
  assert.equal(found(t, 'unbounded-result-set', '{ followers: user.followers.getItems() }').length, 1)
})
