import express from 'express'
import { Post } from './models'

class PostService {
  async findAll(): Promise<Post[]> {
    return Post.findAll({
      where: { published: true },
      order: [['id', 'DESC']],
    })
  }
}

const service = new PostService()

export const app = express()

app.get('/posts', async (_req, res) => {
  res.json(await service.findAll())
})

app.get('/digest', async (_req, res) => {
  const all = await service.findAll()
  res.json({ size: all.length })
})

export { close, prepare, queryCount } from './models'
