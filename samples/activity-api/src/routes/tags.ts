import { Router } from 'express'
import { storage } from '../storage.ts'

export const tagsRouter = Router()

// Get all tags
tagsRouter.get('/', async (_req, res) => {
  try {
    const tags = await storage.getAllTags()
    res.json(tags)
  } catch (error) {
    console.error('Error fetching tags:', error)
    res.status(500).json({ error: 'Failed to fetch tags' })
  }
})
