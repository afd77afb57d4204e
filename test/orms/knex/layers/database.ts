import knex from "knex";

export const db = knex({ client: "better-sqlite3", connection: ":memory:", useNullAsDefault: true });

let queries = 0;
db.on("query", () => queries++);

export interface User {
  id: number;
  name: string;
}

export interface Post {
  id: number;
  title: string;
  author_id: number;
}

export async function prepare(): Promise<void> {
  await db.schema.createTable("users", (table) => {
    table.increments("id");
    table.string("name");
  });
  await db.schema.createTable("posts", (table) => {
    table.increments("id");
    table.string("title");
    table.integer("author_id");
  });
  for (let n = 1; n <= 8; n++) await db("users").insert({ name: `User ${n}` });
  for (let n = 1; n <= 30; n++) await db("posts").insert({ title: `Post ${n}`, author_id: (n % 10) + 1 });
}

export function queryCount(): number {
  return queries;
}

export async function close(): Promise<void> {
  await db.destroy();
}
