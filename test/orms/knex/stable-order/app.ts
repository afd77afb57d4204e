import express from "express";
import knex from "knex";

const db = knex({ client: "better-sqlite3", connection: ":memory:", useNullAsDefault: true });

let queries = 0;
db.on("query", () => queries++);

interface Post {
  id: number;
  title: string;
  category: string;
}

export const app = express();

app.get("/posts", async (req, res) => {
  const page = Math.max(Number(req.query.page) || 1, 1);
  const posts = await db<Post>("posts")
    .where("category", "c1")
    .limit(5)
    .offset((page - 1) * 5);
  res.json(posts);
});

export async function prepare(): Promise<void> {
  await db.schema.createTable("posts", (table) => {
    table.increments("id");
    table.string("title");
    table.string("category");
  });
  for (let n = 1; n <= 40; n++) await db("posts").insert({ title: `Post ${n}`, category: `c${n % 3}` });
}

export function queryCount(): number {
  return queries;
}

export async function close(): Promise<void> {
  await db.destroy();
}
