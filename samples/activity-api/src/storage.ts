import { db } from './db.ts'
import type { Activity, Author, NewActivity, NewUser, Post, Tag, User } from './schema.ts'

export class DatabaseStorage {
  // Users
  async getAllUsers(): Promise<User[]> {
    return db<User>('users')
  }

  async getUser(id: number): Promise<User | undefined> {
    return db<User>('users').where({ id }).first()
  }

  async getUserByEmail(email: string): Promise<User | undefined> {
    return db<User>('users').where({ email }).first()
  }

  async createUser(user: NewUser): Promise<User | undefined> {
    const [created] = await db<User>('users').insert(user).returning('*')
    return created
  }

  // Activities
  async getActivitiesByUser(userId: number): Promise<Activity[]> {
    return db<Activity>('activities').where({ user_id: userId })
  }

  async countActivitiesByUser(userId: number): Promise<number> {
    const row = await db('activities').where({ user_id: userId }).count({ count: '*' }).first()
    return Number(row?.count ?? 0)
  }

  async createActivity(activity: NewActivity): Promise<Activity | undefined> {
    const [created] = await db<Activity>('activities').insert(activity).returning('*')
    return created
  }

  // Posts
  async getAllPosts(): Promise<Post[]> {
    return db<Post>('posts')
  }

  async getPost(id: number): Promise<Post | undefined> {
    return db<Post>('posts').where({ id }).first()
  }

  async getPostsByAuthor(authorId: number): Promise<Post[]> {
    return db<Post>('posts').where({ author_id: authorId }).orderBy('created_at', 'desc')
  }

  async countPostsByAuthors(authorIds: number[]): Promise<Map<number, number>> {
    const rows: { author_id: number; count: number | string }[] = await db('posts')
      .whereIn('author_id', authorIds)
      .groupBy('author_id')
      .select('author_id', db.raw('count(*) as count'))
    return new Map(rows.map((row) => [row.author_id, Number(row.count)]))
  }

  // Authors
  async listAuthors(limit: number, offset: number): Promise<Pick<Author, 'id' | 'name' | 'bio'>[]> {
    return db<Author>('authors').select('id', 'name', 'bio').orderBy('id').limit(limit).offset(offset)
  }

  async getAuthor(id: number): Promise<Author | undefined> {
    return db<Author>('authors').where({ id }).first()
  }

  // Tags
  async getAllTags(): Promise<Tag[]> {
    return db<Tag>('tags').orderBy('name')
  }

  async getTagsByPost(postId: number): Promise<Tag[]> {
    return db('tags')
      .join('post_tags', 'post_tags.tag_id', 'tags.id')
      .where('post_tags.post_id', postId)
      .select<Tag[]>('tags.id', 'tags.name')
  }
}

export const storage = new DatabaseStorage()
