import { Router } from 'express'
import { z } from 'zod'
import { storage } from '../storage.ts'

export const activitiesRouter = Router()

const userParamsSchema = z.object({
  userId: z.coerce.number().int().positive(),
})

const createActivitySchema = z.object({
  postId: z.number().int().positive(),
  type: z.enum(['viewed', 'liked', 'commented', 'shared']),
})

// Get a user's activities with post details
activitiesRouter.get('/:userId/activities', async (req, res) => {
  try {
    const params = userParamsSchema.safeParse(req.params)
    if (!params.success) {
      res.status(400).json({ error: 'Invalid user ID', details: params.error.issues })
      return
    }

    const { userId } = params.data
    const user = await storage.getUser(userId)
    if (!user) {
      res.status(404).json({ error: 'User not found' })
      return
    }

    const activities = await storage.getActivitiesByUser(userId)

    // Enrich each activity with its post
    const enriched = await Promise.all(
      activities.map(async (activity) => {
        const post = await storage.getPost(activity.post_id)
        return { ...activity, post }
      }),
    )

    res.json(enriched)
  } catch (error) {
    console.error('Error fetching activities:', error)
    res.status(500).json({ error: 'Failed to fetch activities' })
  }
})

// Record a new activity
activitiesRouter.post('/:userId/activities', async (req, res) => {
  try {
    const params = userParamsSchema.safeParse(req.params)
    if (!params.success) {
      res.status(400).json({ error: 'Invalid user ID', details: params.error.issues })
      return
    }

    const body = createActivitySchema.safeParse(req.body)
    if (!body.success) {
      res.status(400).json({ error: 'Invalid activity data', details: body.error.issues })
      return
    }

    const user = await storage.getUser(params.data.userId)
    if (!user) {
      res.status(404).json({ error: 'User not found' })
      return
    }

    const post = await storage.getPost(body.data.postId)
    if (!post) {
      res.status(404).json({ error: 'Post not found' })
      return
    }

    const activity = await storage.createActivity({
      user_id: user.id,
      post_id: post.id,
      type: body.data.type,
    })

    res.status(201).json(activity)
  } catch (error) {
    console.error('Error creating activity:', error)
    res.status(500).json({ error: 'Failed to create activity' })
  }
})
