export interface User {
  id: number
  name: string
  email: string
  password_hash: string
  bio: string | null
  created_at: Date | string
}

export interface Author {
  id: number
  name: string
  email: string
  bio: string | null
  created_at: Date | string
}

export interface Post {
  id: number
  author_id: number
  title: string
  body: string
  created_at: Date | string
}

export interface Activity {
  id: number
  user_id: number
  post_id: number
  type: string
  created_at: Date | string
}

export interface Tag {
  id: number
  name: string
}

export interface PostTag {
  post_id: number
  tag_id: number
}

export type NewUser = Pick<User, 'name' | 'email' | 'password_hash' | 'bio'>
export type NewActivity = Pick<Activity, 'user_id' | 'post_id' | 'type'>
