import { Column, Entity, ManyToOne, OneToMany, PrimaryGeneratedColumn } from 'typeorm'

@Entity()
export class User {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar' })
  name!: string

  @OneToMany(() => Post, (post) => post.author)
  posts!: Post[]
}

@Entity()
export class Post {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar' })
  title!: string

  @Column({ type: 'boolean', default: true })
  published!: boolean

  @Column({ type: 'int', default: 0 })
  views!: number

  // Who wrote it
  @Column({ type: 'int' })
  authorId!: number

  @ManyToOne(() => User, (user) => user.posts)
  author!: User
}
