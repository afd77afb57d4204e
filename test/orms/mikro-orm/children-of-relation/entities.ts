import { Collection, OptionalProps } from '@mikro-orm/core'
import { Entity, ManyToOne, OneToMany, PrimaryKey, Property } from '@mikro-orm/decorators/legacy'

@Entity()
export class User {
  @PrimaryKey({ type: 'integer' })
  id!: number

  @Property({ type: 'string' })
  name!: string

  @OneToMany(() => Post, (post) => post.author)
  posts = new Collection<Post>(this)
}

@Entity()
export class Post {
  [OptionalProps]?: 'published' | 'views'

  @PrimaryKey({ type: 'integer' })
  id!: number

  @Property({ type: 'string' })
  title!: string

  @Property({ type: 'boolean', default: true })
  published: boolean = true

  @Property({ type: 'integer', default: 0 })
  views: number = 0

  @Property({ type: 'integer' })
  editorId!: number

  @ManyToOne(() => User)
  author!: User
}
