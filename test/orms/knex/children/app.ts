import express from "express";
import knex from "knex";

const db = knex({ client: "better-sqlite3", connection: ":memory:", useNullAsDefault: true });

let queries = 0;
db.on("query", () => queries++);

interface Post {
  id: number;
  title: string;
}

interface Comment {
  id: number;
  post_id: number;
  text: string;
}

class Storage {
  async getPosts(): Promise<Post[]> {
    return await db<Post>("posts").orderBy("id").limit(50);
  }

  /** Newest first. */
  async getPostComments(postId: number): Promise<Comment[]> {
    return await db<Comment>("comments").where("post_id", postId).orderBy("id", "desc");
  }
}

const storage = new Storage();

export const app = express();

app.get("/posts", async (_req, res) => {
  const posts = await storage.getPosts();
  const withComments = await Promise.all(
    posts.map(async (post) => {
      const comments = await storage.getPostComments(post.id);
      return { ...post, comments, latest: comments[0]?.text ?? null, count: comments.length };
    }),
  );
  res.json(withComments);
});

export async function prepare(): Promise<void> {
  await db.schema.createTable("posts", (table) => {
    table.increments("id");
    table.string("title");
  });
  await db.schema.createTable("comments", (table) => {
    table.increments("id");
    table.integer("post_id");
    table.string("text");
  });
  for (let n = 1; n <= 30; n++) await db("posts").insert({ title: `Post ${n}` });
  for (let n = 1; n <= 45; n++) await db("comments").insert({ post_id: (n % 20) + 1, text: `Comment ${n}` });
}

export function queryCount(): number {
  return queries;
}

export async function close(): Promise<void> {
  await db.destroy();
}
