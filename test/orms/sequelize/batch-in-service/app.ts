import express from 'express'
import { Post, User } from './models'

class UserService {
  async getUser(id: number): Promise<User | null> {
    return User.findOne({ where: { id }, attributes: ['id', 'name'] })
  }
}

const service = new UserService()

export const app = express()

app.get('/posts', async (_req, res) => {
  const latest = await Post.findAll({ order: [['id', 'DESC']], limit: 50 })
  const result = await Promise.all(
    latest.map(async (post) => ({ title: post.title, author: await service.getUser(post.authorId) })),
  )
  res.json(result)
})

export { close, prepare, queryCount } from './models'
