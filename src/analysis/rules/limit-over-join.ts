import * as l10n from '@vscode/l10n'
import type { QueryCall } from '../facts.ts'
import { groupBy, type Detection, type Rule } from './rule.ts'

/** A limit that counts joined rows instead of entities. Reported at the query. */
export const limitOverJoin: Rule = {
  id: 'limit-over-join',
  severity: 'warning',
  title: 'Limit that counts joined rows',
  docs: {
    what:
      'Finds pages whose limit or total counts the rows of a join with a to-many relation: `limit()` of TypeORM’s query ' +
      'builder, or Sequelize’s `findAndCountAll` with a to-many `include` and without `distinct`.',
    why:
      'A post with five comments is five rows of the join. A limit of ten then gives two posts, and a total counts ' +
      'comments; the page looks right as long as nobody comments.',
    fineWhen: [
      'The join is to one row.',
      'The limit counts entities: TypeORM’s `take()`, Sequelize with `distinct: true`.',
    ],
    fixSafety: 'There is no automatic fix: use `take()` and `skip()`, or `distinct: true`.',
  },
  examples: [
    {
      title: 'Express and TypeORM',
      before: `import express from 'express'
import { DataSource, Entity, ManyToOne, OneToMany, PrimaryGeneratedColumn } from 'typeorm'

@Entity()
export class Post {
  @PrimaryGeneratedColumn() id: number
  @OneToMany(() => Comment, (comment) => comment.post) comments: Comment[]
}

@Entity()
export class Comment {
  @PrimaryGeneratedColumn() id: number
  @ManyToOne(() => Post, (post) => post.comments) post: Post
}

const source = new DataSource({ type: 'postgres', entities: [Post, Comment] })
const app = express()

app.get('/posts', async (req, res) => {
  const posts = await source
    .getRepository(Post)
    .createQueryBuilder('post')
    .leftJoinAndSelect('post.comments', 'comment')
    .orderBy('post.id')
    .limit(20)
    .getMany()
  res.json(posts)
})
`,
      after: `import express from 'express'
import { DataSource, Entity, ManyToOne, OneToMany, PrimaryGeneratedColumn } from 'typeorm'

@Entity()
export class Post {
  @PrimaryGeneratedColumn() id: number
  @OneToMany(() => Comment, (comment) => comment.post) comments: Comment[]
}

@Entity()
export class Comment {
  @PrimaryGeneratedColumn() id: number
  @ManyToOne(() => Post, (post) => post.comments) post: Post
}

const source = new DataSource({ type: 'postgres', entities: [Post, Comment] })
const app = express()

app.get('/posts', async (req, res) => {
  const posts = await source
    .getRepository(Post)
    .createQueryBuilder('post')
    .leftJoinAndSelect('post.comments', 'comment')
    .orderBy('post.id')
    .take(20)
    .getMany()
  res.json(posts)
})
`,
    },
  ],
  detect: (facts) =>
    groupBy(facts.queries.filter(limitsRows), (query) => query.site).map(([first, ...others]): Detection => ({
      span: first.span,
      message: messageFor(first),
      evidence: [first, ...others].map(({ id }) => id),
      fixes: [],
    })),
}

function limitsRows(query: QueryCall): boolean {
  return query.countsJoinedRows && query.includes.some(({ many }) => many === true)
}

function messageFor(query: QueryCall): string {
  const relation = query.includes.find(({ many }) => many === true)?.relation ?? 'relation'
  return query.table === null
    ? l10n.t(
        'Potentially wrong pages: the join with `{0}` multiplies the rows, and the page or its total counts each of them.',
        relation,
      )
    : l10n.t(
        'Potentially wrong pages: the join with `{0}` multiplies the "{1}" rows, and the page or its total counts each of them.',
        relation,
        query.table,
      )
}
