import express from "express";
import knex from "knex";

const db = knex({ client: "better-sqlite3", connection: ":memory:", useNullAsDefault: true });

let queries = 0;
db.on("query", () => queries++);

interface Post {
  id: number;
  title: string;
}

class PostRepository {
  findPage(limit: number, offset: number): Promise<Post[]> {
    return db<Post>("posts").orderBy("id").limit(limit).offset(offset);
  }
}

const repository = new PostRepository();

export const app = express();

app.get("/posts", async (req, res) => {
  const limit = parseInt(req.query.limit as string) || 20;
  const page = parseInt(req.query.page as string) || 1;
  res.json(await repository.findPage(limit, (page - 1) * limit));
});

export async function prepare(): Promise<void> {
  await db.schema.createTable("posts", (table) => {
    table.increments("id");
    table.string("title");
  });
  for (let n = 1; n <= 140; n++) await db("posts").insert({ title: `Post ${n}` });
}

export function queryCount(): number {
  return queries;
}

export async function close(): Promise<void> {
  await db.destroy();
}
