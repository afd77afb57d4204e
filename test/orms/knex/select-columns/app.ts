import express from "express";
import knex from "knex";

const db = knex({ client: "better-sqlite3", connection: ":memory:", useNullAsDefault: true });

let queries = 0;
db.on("query", () => queries++);

interface Post {
  id: number;
  title: string;
  published: boolean;
  body: string;
  views: number;
}

export const app = express();

app.get("/titles", async (_req, res) => {
  const posts = await db<Post>("posts").orderBy("id").limit(30);
  res.json(posts.map((post) => post.title));
});

export async function prepare(): Promise<void> {
  await db.schema.createTable("posts", (table) => {
    table.increments("id");
    table.string("title");
    table.boolean("published");
    table.text("body");
    table.integer("views");
  });
  for (let n = 1; n <= 40; n++) await db("posts").insert({ title: `Post ${n}`, published: n % 3 === 0, body: "Text", views: n % 5 });
}

export function queryCount(): number {
  return queries;
}

export async function close(): Promise<void> {
  await db.destroy();
}
