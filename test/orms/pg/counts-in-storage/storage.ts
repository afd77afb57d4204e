import { pool } from './database.ts'

export interface User {
  id: number
  name: string
}

class Storage {
  async getUsers(): Promise<User[]> {
    const result = await pool.query<User>('SELECT id, name FROM users ORDER BY id LIMIT 40')
    return result.rows
  }

  async getPostCount(authorId: number): Promise<number> {
    const result = await pool.query(
      `SELECT COUNT(*) AS total
       FROM posts
       WHERE author_id = $1::int`,
      [authorId],
    )
    return Number(result.rows[0].total)
  }
}

export const storage = new Storage()
