import mongoose, { Schema } from 'mongoose'

const userSchema = new Schema({
  name: { type: String, required: true },
  email: { type: String, required: true, unique: true },
})

export const postSchema = new Schema(
  {
    title: { type: String, required: true },
    published: { type: Boolean, default: false, index: true },
    author: { type: Schema.Types.ObjectId, ref: 'User', required: true },
  },
  { timestamps: true },
)

const tagSchema = new Schema({ name: String, post: { type: Schema.Types.ObjectId, ref: 'Post', index: true } })

export const User = mongoose.model('User', userSchema)
export const Post = mongoose.model('Post', postSchema)
export const Tag = mongoose.model('Tag', tagSchema)

export async function prepare(): Promise<void> {
  await mongoose.connect(process.env['MONGO_URL'] ?? '')
}

export function queryCount(): number {
  return 0
}

export async function close(): Promise<void> {
  await mongoose.disconnect()
}
